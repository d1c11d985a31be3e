-- Which staff category somebody is of, and which regions they serve beside their site's own.
ALTER TABLE accounts ADD COLUMN category TEXT;
ALTER TABLE accounts ADD COLUMN also_regions TEXT NOT NULL DEFAULT '[]';
