//! CA files: any input is read, and a certificate after it is found, whatever the input leaves open.

#![no_main]

use keyimport::io::ca::Certificates;
use libfuzzer_sys::fuzz_target;

const AUTHORITY: &[u8] = include_bytes!("authority.pem");

fuzz_target!(|input: &[u8]| {
    let mut read = Certificates::default();
    let count = read.add_pem(input, "FILE");
    assert_eq!(read.roots.len(), read.list.len());
    assert!(read.list.len() + read.warnings.len() <= count);
    assert!(read.warnings.iter().all(|warning| warning.starts_with("FILE: certificate ")));

    let mut more = Certificates::default();
    assert_eq!(more.add_pem(&[input, b"\n", AUTHORITY].concat(), "FILE"), count + 1);
    let mut authority = Certificates::default();
    assert_eq!(authority.add_pem(AUTHORITY, "FILE"), 1);
    assert_eq!(more.list.last(), authority.list.last());
    assert_eq!(more.list.len(), read.list.len() + 1);
});
