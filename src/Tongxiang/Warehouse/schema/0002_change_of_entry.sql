create index warehouse_change_entry on warehouse_change (entry, kind, seq);
