//! Regions that a vendor documents, and where they are.

use std::fmt;

/// A region of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The id, as requests and host names have it.
    pub id: &'static str,
    /// Where it is: a city, or what the vendor says instead. Empty where no document tells.
    pub city: &'static str,
    /// The part of the world.
    pub area: Area,
}

impl Region {
    pub(super) const fn new(id: &'static str, city: &'static str, area: Area) -> Self {
        Self { id, city, area }
    }
}

/// A part of the world, as the vendors group their regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The mainland.
    China,
    /// Asia and Oceania but for the mainland of China.
    AsiaPacific,
    /// Europe.
    Europe,
    /// The Middle East.
    MiddleEast,
    /// Africa.
    Africa,
    /// North America.
    NorthAmerica,
    /// South America.
    SouthAmerica,
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::China => "China",
            Self::AsiaPacific => "Asia Pacific",
            Self::Europe => "Europe",
            Self::MiddleEast => "the Middle East",
            Self::Africa => "Africa",
            Self::NorthAmerica => "North America",
            Self::SouthAmerica => "South America",
        })
    }
}
