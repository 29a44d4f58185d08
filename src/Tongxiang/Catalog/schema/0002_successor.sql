-- What took the place of a retired entry, by its code.
alter table catalog_entry add column successor text;
