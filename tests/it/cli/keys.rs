//! Keys of the tests, made by `ssh-keygen`, `openssl` and `puttygen`. None of them opens anything.

/// The fingerprints of [`RSA`] as `ssh-keygen -l` prints them.
pub const RSA_SHA256: &str = "SHA256:XYinO+jNlCaig9urFyghslyTPeZGlrzT+F7FvVKkX5k";
pub const RSA_MD5: &str = "e2:cc:6c:7c:80:45:cd:eb:be:ae:aa:56:f6:ed:19:91";

/// The MD5 of its `SubjectPublicKeyInfo`.
pub const RSA_SPKI_MD5: &str = "cb:56:81:2b:df:ad:8d:c1:4f:c8:5c:91:c6:22:fe:06";

/// The SHA-256 of the same, by `openssl pkey -pubin -outform der | sha256sum`.
pub const RSA_SPKI_SHA256: &str = "16:d1:e9:7f:34:8b:66:0a:8b:ab:56:4a:12:7f:9d:ac:fa:59:f0:b7:1e:d6:77:80:88:21:17:c9:8b:c1:1e:bf";

/// RSA, 2048 bits, comment `dev-laptop`.
pub const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDCmh99Vv3mmPsYQvWjpp+EE1aXOvv5uqdd/b1QE6d/f507kehV3JUAc+zmvd81DXHhgUO9XgttBeqLrr06mWaUDoBshLylldE2HsGzoUfI/cOyNU/XGLeOL9Vww13ZO6EWqg+ByZYBPepXWw8FF4ruJoNktBTSXXGbBQ9izOE6sd/wUAxY1nsPOje2TI9C+nV8aZd5nfe6KQqMeUegfxBh0gOEoE20oJ9KJynkRlOodUchOyR+22OoHDIVdFV/sErgXr0xc4gGP80HCOpezXc5d+8RjvDaC7GJB3hJnq1MWj1t2OU/zaYvpEWBL4L3kIa+gyeQe4LjBs/7ubSXt/7f dev-laptop\n";

/// Another one with the same comment.
pub const OTHER: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDBcU23/Kl1scwmgsQEkIOqDkj2XJ63g3ld4Fhu7zCAOBzP/DOBNCjE+NPFf4Y5cDj3OGUK5jLdW7j0L9ssAII+osaiu1e1FWzu7GKXZxv/rCEfw/lrwHwQ2wgwoMC8T9HWaHhWiYWZeZmlFJmDbxwfL9Jik/ntm6H0IWkp+DnHEtp0AXLdInOZB8ccCRhb1KFwfbemXB0Hn4se9akHk26lyfhSstStcsNJI5a+M8uoU5CUB3XF6BLyVxLpo+CdauDnXAKJ78TWPzevhKYIrJ7rDfLv9RsgL6x1B2/DNkCB09ZdtyEXdTI8TLDUm4ZaAYvNYXjL0AZT3lhO42OdIuE/ dev-laptop\n";

/// RSA, 1024 bits.
pub const WEAK: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC/Cvy9XG465lEMf9d8WQ8BcJPuoQ9jVMPEOEOl7ISFHLYQOTcpMd0OEdedtyY/NP9dxlsZ727xbjW5hidpPKJ2vh487tvZn7Q3hhETz15fkffyLCrfCKgpX2RQyypOZU5EWGYSMk2B4MsvX5VhtoWvLXf0EM4nAwnMDChinTaQyQ== weak\n";

/// Ed25519, comment `dev-ed`.
pub const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPFR0s65IaQii+sg9a/jRMOiomjeTp4rTh8FMqWJqNwn dev-ed\n";

/// ECDSA on P-256, comment `dev-ec`.
pub const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMLX1q4IUIC2TtL0ANSk+CS0VOF0GiCadKScIluXUufddGfu66ekvM3OHRvxJ1XBoeqvGd8Vk7gKM01iTSjJquY= dev-ec\n";

/// Private keys: the form that a message names, and the text.
pub const PRIVATE: &[(&str, &str)] = &[
    (
        "OpenSSH",
        "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACCRZRZcUR4vFDU5BEqY0vXIFH460oKqijJS8LydDwqs4QAAAIgGSFyBBkhc
gQAAAAtzc2gtZWQyNTUxOQAAACCRZRZcUR4vFDU5BEqY0vXIFH460oKqijJS8LydDwqs4Q
AAAECN5aRa92yOGTl6rJjB3MaIQJ302D5XTbgyerk0YAxIyZFlFlxRHi8UNTkESpjS9cgU
fjrSgqqKMlLwvJ0PCqzhAAAAAXgBAgME
-----END OPENSSH PRIVATE KEY-----
",
    ),
    (
        "OpenSSH",
        "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDGr2nKtj
Ckct92wa32bK42AAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIK5mEK3Z6MM5Ee9e
JG4/ArOgRWWWbGNRwZuH1mUJ7bPEAAAAkMj3RBmw8hepFmzVJ4PmTFKsLZxBTORmYEzKaK
/3K6HeiExygY9AtCO/F2exyVSQ7MuUjckC3KgWLg0xrgPvvG2DD1nsGhNSiC/ESVBfe4d9
y+MGEaX0d6PdtPDgiRP9C3u45yykXP5CWoRy0F6D5/pG3WbcLi3DQknIl/0i7dQnRhB00T
l6TdkbaLqKF3EZvg==
-----END OPENSSH PRIVATE KEY-----
",
    ),
    (
        "PKCS#1",
        "\
-----BEGIN RSA PRIVATE KEY-----
MIIBOgIBAAJBANxeaQXvmaKYYbr8i02156kTB82/1HzEsqQVb+7JvPetJCDJ5M7L
C+vpxpDHJS+93c5Q3xaCw5VKpLt2C1LsMu0CAwEAAQJBAJSOQJZz00o9F4UKQo58
llLwNU6KhyAlKZhbqz16Wh1MJrrkIXIeB4+zwRmTKirNOzuhKZ2rpI0iXamtDJPN
8rECIQDzuwG5oqD6+CT4LMMqkeQ156Aod2Pdm9qumfGg8rQN1wIhAOd2VmjV/ez+
RbeTb55hW/8jRmmJ4eeF1QwadJhbGwTbAiAsmB/FrlrT8IkbG12OMWlW741fOhD8
oCKP5bzPHPkSuwIgRiJTWHzO7kq1sURZY/I4P/zeTwhajR6+SWaSwb+JVlUCIGHN
A9IpVYftTUTcUbaUrc5edGhiESeGgFhNPDsTy0GE
-----END RSA PRIVATE KEY-----
",
    ),
    (
        "PKCS#1",
        "\
-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,80F4E6655BB1C9791904837F9174490E

pPfoqR5i6c6nD8KYabFlo1NyhPsyL+3bvOztLFj2JETZGkPLs9GJx99ZWdUb6CLy
EiFb/9kL5jOZSlNrb5iq6Fql4PDPnTzi2gSghb1tcuprJCKGGBcfl/EoOFZVY1qe
Y0X9410gJisIHXjen7YsrnhAAdb9GtZTmhJsk61Tt80nnWB4b277qgZPe3L6RbGI
yfbFU29AXDzEGtNky2veZBpFsMJOvATKI0WId2uymHkRUDErrur7TcbcyArvJG3Q
WGhdsaoYhJzeb1Hf02jZCjYQwcBp41na6og+kXvQWsCW1UIug4i/zfyIpRuoU+R+
DVqS14z6i0HC6t+uBc2De0Laplo0TgeaW+awL9NfLtInn9tCfWRZkfIXDw4WiCqs
w2FF49+FG8a/sd0Nc5yPMy/b5x+ELmXaKpu0XAk5xM4=
-----END RSA PRIVATE KEY-----
",
    ),
    (
        "SEC1",
        "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJDnDDEEkAKBbHZEdWAFELerXmfwUJtOfu0v0EnQvN8DoAoGCCqGSM49
AwEHoUQDQgAEIrYRRUJjhx9ngMgIDVLmHHJH8YZ4PeYErT5L9DkOZ8WwOkatp+wI
M1Cp3zJ4lkQZSy1h2L6YNklU9vdNoyaLGA==
-----END EC PRIVATE KEY-----
",
    ),
    (
        "PKCS#8",
        "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIDOJD33P+u+SQ8SaEj3Bh+YYv2JglMFHJvXgGJbg2a/T
-----END PRIVATE KEY-----
",
    ),
    (
        "PKCS#8",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj/D7riSX9rawICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIyCqZdI6yNsZT9VTfa+fi8EQEmC
1SAtIViO+O8OvUTvgchuHr5AgmvJNAmB391rDHuP+iaoLYwGGfwdC9kgNoyPjcU0
+LyP7tWRY1A1vMNYXoc=
-----END ENCRYPTED PRIVATE KEY-----
",
    ),
    (
        "PuTTY",
        "\
PuTTY-User-Key-File-2: ssh-ed25519
Encryption: none
Comment: x
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAIJFlFlxRHi8UNTkESpjS9cgUfjrSgqqKMlLwvJ0P
Cqzh
Private-Lines: 1
AAAAII3lpFr3bI4ZOXqsmMHcxohAnfTYPldNuDJ6uTRgDEjJ
Private-MAC: dfc4968919700f3f0f2661841ac23b680dc3d9f1
",
    ),
    (
        "PuTTY",
        "\
PuTTY-User-Key-File-3: ssh-ed25519
Encryption: none
Comment: x
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAIJFlFlxRHi8UNTkESpjS9cgUfjrSgqqKMlLwvJ0P
Cqzh
Private-Lines: 1
AAAAII3lpFr3bI4ZOXqsmMHcxohAnfTYPldNuDJ6uTRgDEjJ
Private-MAC: 1df7798489e0efd02eedbaab533f8536314aeb4f5522f285568fd29d82f0c92e
",
    ),
];
