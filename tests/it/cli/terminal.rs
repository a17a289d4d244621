//! What a person sees on a terminal, narrow or wide.

use std::process::Stdio;

use super::run::Home;
use super::screen::Screen;
use crate::fake_cloud::{FakeCloud, Reply};

#[test]
fn a_run_that_is_stopped_leaves_its_summary_on_the_terminal() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Silence);
    let screen = Screen::start(clouds.command(&home, "-p aliyun,volcengine -j 1 key.pub"), 80);
    screen.wait_for("aliyun: using region cn-hangzhou, the default");
    clouds.wait_for_requests(1);
    screen.signal("-INT");
    screen.finish().expect(130).says("2 targets: 1 unknown, 1 skipped");
}

#[test]
fn results_go_to_a_file_without_what_steers_a_terminal() {
    let home = Home::new();
    let rows = std::fs::File::create(home.path("rows")).unwrap();
    let command = home.command("--sandbox -p aliyun,volcengine key.pub");
    let shown = Screen::start_with(command, Stdio::from(rows), 80).finish().expect(0);
    assert!(shown.written.contains("2 targets: 2 imported"), "{}", shown.written);
    let rows = home.read("rows");
    assert_eq!(rows.matches('\t').count(), 10, "{rows}");
    assert!(!rows.contains('\u{1b}'), "{rows:?}");
}
