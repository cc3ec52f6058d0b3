"""Pure functions over numbers and records: no clock, no file, no random source of their own."""
