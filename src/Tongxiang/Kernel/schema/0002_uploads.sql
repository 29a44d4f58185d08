-- What was uploaded under a key: the same key with another file is another request.
alter table kernel_idempotency add column upload text;
