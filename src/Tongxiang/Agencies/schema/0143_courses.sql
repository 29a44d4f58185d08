create table agencies_course (
  id text primary key,
  code text not null unique,
  title text not null,
  title_en text not null,
  body text not null,
  body_en text not null,
  pass_percent bigint not null check (pass_percent between 50 and 100),
  valid_months bigint not null check (valid_months between 1 and 60),
  revision bigint not null default 1,
  is_open bigint not null check (is_open in (0, 1)),
  made_by text not null,
  made_at bigint not null,
  changed_at bigint not null
);

create table agencies_course_question (
  course text not null references agencies_course (id),
  number bigint not null,
  question text not null,
  question_en text not null,
  choices text not null,
  choices_en text not null,
  answer bigint not null check (answer between 0 and 7),
  primary key (course, number)
);

create table agencies_course_attempt (
  id text primary key,
  course text not null references agencies_course (id),
  person text not null references agencies_person (id),
  revision bigint not null,
  right_answers bigint not null check (right_answers >= 0),
  questions bigint not null check (questions > 0),
  passed bigint not null check (passed in (0, 1)),
  taken_at bigint not null,
  check (right_answers <= questions)
);
create index agencies_course_attempt_person on agencies_course_attempt (person, course, taken_at);

create table agencies_course_certificate (
  id text primary key,
  number text not null unique,
  course text not null references agencies_course (id),
  person text not null references agencies_person (id),
  attempt text not null references agencies_course_attempt (id),
  valid_from_at bigint not null,
  valid_to_at bigint not null,
  evidence text not null,
  check (valid_to_at > valid_from_at)
);
create index agencies_course_certificate_person on agencies_course_certificate (person, course, valid_to_at);

create table agencies_course_duty (
  role text not null,
  course text not null references agencies_course (id),
  set_by text not null,
  since_at bigint not null,
  primary key (role, course)
);
