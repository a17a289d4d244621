use crate::error::Row;
pub(super) const FAULTS: &[Row] = &[];
