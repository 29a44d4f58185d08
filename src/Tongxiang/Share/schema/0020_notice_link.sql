alter table share_notice add column link text;
