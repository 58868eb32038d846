"""The kinds of test, one file each: what a leg may say, and how it is checked. `table.KINDS` lists them."""
