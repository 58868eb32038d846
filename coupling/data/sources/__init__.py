"""Where observations come from: one small file per source."""
