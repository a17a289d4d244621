//! The three NIST curves: whether a point is on them.

use crypto_bigint::U576;

/// A curve y² = x³ − 3x + b over a prime field, in hex as NIST SP 800-186, section 3.2.1, writes it.
/// <https://nvlpubs.nist.gov/nistpubs/SpecialPublications/NIST.SP.800-186.pdf>
pub(super) struct Curve {
    /// Nominal size, in bits.
    pub(super) bits: u32,
    /// Length of a coordinate, in bytes.
    width: usize,
    p: &'static str,
    b: &'static str,
}

/// The curve of `ecdsa-sha2-nistp256`.
pub(super) const P256: Curve = Curve {
    bits: 256,
    width: 32,
    p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
};

/// The curve of `ecdsa-sha2-nistp384`.
pub(super) const P384: Curve = Curve {
    bits: 384,
    width: 48,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
};

/// The curve of `ecdsa-sha2-nistp521`.
pub(super) const P521: Curve = Curve {
    bits: 521,
    width: 66,
    p: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    b: "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
};

impl Curve {
    /// Whether the coordinates of an uncompressed point (SEC 1, section 2.3.3) are those of a point of this curve.
    pub(super) fn holds(&self, coordinates: &[u8]) -> bool {
        if coordinates.len() != 2 * self.width {
            return false;
        }
        let (x, y) = coordinates.split_at(self.width);
        let (x, y, p, b) = (number(x), number(y), hex_number(self.p), hex_number(self.b));
        if x >= p || y >= p {
            return false;
        }
        let times = |one: &U576, other: &U576| U576::const_rem_wide(one.mul_wide(other), &p).0;
        // x³ − 3x = x·(x² − 3)
        let right = times(&x, &times(&x, &x).sub_mod(&U576::from_u8(3), &p)).add_mod(&b, &p);
        times(&y, &y) == right
    }
}

/// Reads a big-endian number of at most 72 bytes.
fn number(bytes: &[u8]) -> U576 {
    bytes.iter().fold(U576::ZERO, |number, byte| number.shl_vartime(8) | U576::from_u8(*byte))
}

/// Reads one of the constants above.
fn hex_number(digits: &str) -> U576 {
    digits
        .bytes()
        .filter_map(|digit| char::from(digit).to_digit(16))
        .fold(U576::ZERO, |number, digit| number.shl_vartime(4) | U576::from_u32(digit))
}
