//! The picture of the numbers of many targets, made from their table.

use std::fmt::Write as _;

use super::{hold, read};

const NUMBERS: &str = ".github/docs/performance.md";
const PICTURE: &str = ".github/speed.svg";

/// Of every row: targets, targets in flight, milliseconds.
fn numbers() -> Vec<(u32, u32, u32)> {
    let text = read(NUMBERS);
    let rows = text.lines().skip_while(|line| !line.starts_with("| targets |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|row| {
            let cell = |number: usize| {
                row.split('|').nth(number).unwrap().split_whitespace().next().unwrap()
            };
            let number = |column: usize| cell(column).parse().unwrap();
            (number(1), number(2), number(3))
        })
        .collect()
}

#[test]
fn the_plot_shows_the_numbers() {
    let numbers = numbers();
    assert!(numbers.len() > 5);
    let longest = numbers.iter().map(|(.., time)| *time).max().unwrap();
    // Three round trips of 40 ms: connection, TLS, request.
    let bar = |time: u32| f64::from(time) / f64::from(longest) * 500.0;
    let floor = 210.0 + bar(120);
    let height = numbers.len() * 28 + 56;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"{height}\" viewBox=\"0 0 800 {height}\" role=\"img\">\n\
         <title>Milliseconds of a run, by targets and targets in flight</title>\n\
         <style>\n\
         text {{ font: 14px system-ui, sans-serif; fill: #57606a; }} .bar {{ fill: #2f81f7; }} .floor {{ stroke: #e5534b; }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #adbac7; }} }}\n\
         </style>\n"
    );
    for (place, (targets, jobs, time)) in numbers.iter().enumerate() {
        let y = place * 28 + 8;
        let noun = if *targets == 1 { "target" } else { "targets" };
        let (text, width) = (y + 16, bar(*time));
        writeln!(svg, "<text x=\"200\" y=\"{text}\" text-anchor=\"end\">{targets} {noun}, {jobs} at a time</text>").unwrap();
        writeln!(
            svg,
            "<rect class=\"bar\" x=\"210\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" rx=\"3\"/>"
        )
        .unwrap();
        let end = 218.0 + width;
        writeln!(svg, "<text x=\"{end:.1}\" y=\"{text}\">{time} ms</text>").unwrap();
    }
    let bottom = height - 44;
    writeln!(svg, "<path class=\"floor\" d=\"M{floor:.1} 0V{bottom}\"/>").unwrap();
    writeln!(svg, "<text x=\"{floor:.1}\" y=\"{}\">120 ms: the three round trips that one request takes</text>", height - 20).unwrap();
    hold(PICTURE, &(svg + "</svg>\n"));
}
