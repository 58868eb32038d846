"""What the page shows of the claims, a file per part."""
