-- Proposals show rows of the file and refusals may name its cells: from here on both are sealed; what stood open goes.
-- A landing that waited has lost its proposal with it: the file has to be sent again.
update ingest_run set state = 'Refused' where state in ('Proposed', 'Queued', 'Checking', 'Sealing');
alter table ingest_run drop column proposal;
alter table ingest_run drop column refusal;
alter table ingest_run add column proposal bytea;
alter table ingest_run add column refusal bytea;
