-- Run at every start of the container: what is there stays.
CREATE TABLE IF NOT EXISTS migration (at timestamptz);
CREATE TABLE IF NOT EXISTS note (number integer PRIMARY KEY);
INSERT INTO migration VALUES (clock_timestamp());
