-- The past of an office, item by item, made inside PostgreSQL. Parts are divided by an empty line.
-- Needs the tables of the service, and made_officer, made_contact, made_text as province.py fills them.
-- Parameters: seed, size, a_day (items registered a day), now (UTC), coordinator (the person who checks).

CREATE FUNCTION pg_temp.dice(n bigint, what int, sides int) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN mod(abs(hashint8extended(n, %(seed)s * 1000 + what) / 2), sides)

CREATE FUNCTION pg_temp.come(moment timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
RETURN CASE WHEN moment <= %(now)s THEN moment END

-- Registered between 8 and 18 o'clock, the same number every day, the last ones today. A life of 3 to 110 days.
CREATE UNLOGGED TABLE made_life AS
SELECT n, day, in_day, at, at + life AS ends, at + life * 0.7 AS resolves, at + life * 0.8 AS rates,
       at + life * 0.9 AS verifies, at + CASE WHEN pg_temp.dice(n, 1, 8) = 0 AND life > interval '5 days' THEN interval '26 hours' ELSE interval '2 hours' END AS signs,
       (CASE WHEN pg_temp.dice(n, 2, 100) < 88 THEN 'closed' WHEN pg_temp.dice(n, 2, 100) < 93 THEN 'withdrawn'
             WHEN pg_temp.dice(n, 2, 100) < 96 THEN 'refused' ELSE 'merged' END) AS fate,
       date_trunc('day', at + life * 0.7) + interval '9.5 hours'
           + CASE WHEN pg_temp.dice(n, 3, 100) < 12 THEN interval '-4 days' ELSE interval '5 days' END AS planned,
       pg_temp.dice(n, 4, (SELECT count(*)::int FROM made_officer)) AS officer,
       pg_temp.dice(n, 5, (SELECT count(*)::int FROM made_contact)) AS contact,
       pg_temp.dice(n, 6, (SELECT count(*)::int FROM made_text)) AS said,
       pg_temp.dice(n, 7, 100) AS luck
FROM (
    SELECT n, (n - 1 + lead) / a_day AS day, mod(n - 1 + lead, a_day) + 1 AS in_day,
           first + (n - 1 + lead) / a_day * interval '1 day' + mod(n - 1 + lead, a_day) * interval '10 hours' / a_day AS at,
           (ARRAY[3, 15, 30, 60, 110])[1 + (pg_temp.dice(n, 8, 100) >= 25)::int + (pg_temp.dice(n, 8, 100) >= 55)::int
               + (pg_temp.dice(n, 8, 100) >= 80)::int + (pg_temp.dice(n, 8, 100) >= 95)::int] * interval '1 day'
               - pg_temp.dice(n, 9, 48) * interval '1 hour' AS life
    FROM generate_series(1::bigint, %(size)s) n,
         (SELECT %(a_day)s::bigint AS a_day, %(lead)s::bigint AS lead, %(first)s::timestamptz AS first) shape
) born

INSERT INTO day_counter (district_id, day, last)
SELECT 'main', ((at + interval '8 hours') AT TIME ZONE 'UTC')::date, max(in_day) FROM made_life GROUP BY 2

INSERT INTO report (id, district_id, person_id, opened_at, settles_at)
SELECT n, 'main', person_id, at, at + interval '1 minute' FROM made_life JOIN made_contact ON i = contact

INSERT INTO fragment (id, district_id, report_id, person_id, at, kind, text)
SELECT n, 'main', n, person_id, at, 'text', text FROM made_life JOIN made_contact c ON c.i = contact JOIN made_text t ON t.i = said

INSERT INTO item (
    id, district_id, number, short, version, report_id, contact_id, enterprise_id, source, scope, campaign,
    kind, restricted, text, category, topic, confidence, because, candidates, doubtful, nature, urgent, grade, rules,
    state, state_since, round, registered_at, lead_id, officer_id, follower_id, handler_id, attention, mode,
    assigned_at, sign_due_at, signed_at, contacted_at, heard_at, clock_from, due_at, next_check_at, checked_until,
    resolved_at, was_late, result, result_code, rating, urged, returns, closed_at, merged_into_id, folded
)
SELECT n, 'main', to_char((at + interval '8 hours') AT TIME ZONE 'UTC', 'YYYYMMDD') || '-' || lpad(in_day::text, 3, '0'),
       lpad(in_day::text, 3, '0'), 8, n, c.person_id, c.enterprise_id,
       CASE WHEN luck < 80 THEN 'chat' WHEN luck < 90 THEN 'visit' ELSE 'hotline' END,
       CASE WHEN ended AND fate = 'refused' THEN 'not_in_remit' ELSE 'ours' END,
       CASE WHEN luck < 5 THEN '暖企行动' END,
       'problem', false, t.text, t.category, t.topic, t.confidence, t.because::json, t.candidates::json, triage, t.nature,
       luck = 7, t.grade, t.rules::json, state,
       CASE state WHEN 'assigned' THEN at WHEN 'triage' THEN at WHEN 'handling' THEN signs WHEN 'resolved' THEN resolves
                  WHEN 'rated' THEN rates WHEN 'verified' THEN verifies ELSE ends END,
       1, at, CASE WHEN NOT triage THEN department_id END, CASE WHEN NOT triage THEN o.person_id END, c.follower_id,
       CASE WHEN done THEN o.person_id END, 0, CASE WHEN NOT triage THEN 'department' END,
       CASE WHEN NOT triage THEN at END, CASE WHEN NOT triage THEN at + interval '1 day' END,
       CASE WHEN NOT triage THEN pg_temp.come(signs) END, CASE WHEN NOT triage THEN pg_temp.come(signs + interval '3 hours') END,
       CASE WHEN NOT triage THEN coalesce(pg_temp.come(signs), at) END, at, CASE WHEN NOT triage THEN due END,
       CASE WHEN NOT ended THEN %(now)s END, CASE WHEN ended THEN ends ELSE %(now)s END,
       CASE WHEN done THEN resolves END, done AND resolves > due,
       CASE WHEN done THEN '已处理完毕，企业确认恢复正常' END,
       CASE WHEN done THEN CASE WHEN luck < 70 THEN 'solved' WHEN luck < 85 THEN 'planned' ELSE 'explained' END END,
       CASE WHEN done AND rates <= %(now)s AND luck >= 10 THEN CASE WHEN luck < 70 THEN 5 WHEN luck < 90 THEN 4 WHEN luck < 96 THEN 3 ELSE 2 END END,
       (luck = 11)::int, (luck = 12)::int, CASE WHEN ended THEN ends END,
       CASE WHEN ended AND fate = 'merged' THEN greatest(n - 1, 1) END, false
FROM (
    SELECT *, greatest(planned, date_trunc('day', at) + interval '33.5 hours') AS due, ends <= %(now)s AS ended,
           fate = 'closed' AND resolves <= %(now)s AS done,
           fate = 'closed' AND luck = 50 AND resolves > %(now)s AS triage,
           CASE WHEN ends <= %(now)s THEN fate
                WHEN fate = 'closed' AND luck = 50 AND resolves > %(now)s THEN 'triage'
                WHEN fate = 'closed' AND verifies <= %(now)s THEN 'verified'
                WHEN fate = 'closed' AND rates <= %(now)s THEN 'rated'
                WHEN fate = 'closed' AND resolves <= %(now)s THEN 'resolved'
                WHEN signs <= %(now)s THEN 'handling' ELSE 'assigned' END AS state
    FROM made_life
) l
JOIN made_contact c ON c.i = l.contact JOIN made_officer o ON o.i = l.officer JOIN made_text t ON t.i = l.said

-- The steps of each, as the lifecycle takes them.
INSERT INTO event (district_id, item_id, seq, at, actor_id, action, rule, state_before, state_after, data)
SELECT 'main', n, seq, step.at, actor, action, rule, state_before, state_after, data::json
FROM made_life l
JOIN item ON item.id = n
CROSS JOIN LATERAL (VALUES
    (1, l.at, item.contact_id, 'register', 'lexicon.toml: made', 'registered', 'registered', '{}', true),
    (2, l.at, NULL, CASE WHEN item.state = 'triage' THEN 'triage' ELSE 'dispatch' END, 'owners.toml: made', 'registered',
        CASE WHEN item.state = 'triage' THEN 'triage' ELSE 'assigned' END, '{}', true),
    (3, item.signed_at, item.officer_id, 'sign', '', 'assigned', 'handling', '{}', true),
    (4, item.contacted_at, item.officer_id, 'progress', '', 'handling', 'handling', '{"note": "已到现场看过"}', true),
    (5, l.ends, item.contact_id, CASE fate WHEN 'refused' THEN 'pass_on' WHEN 'merged' THEN 'merge' ELSE 'withdraw' END, '',
        'handling', fate, '{}', fate <> 'closed'),
    (5, l.resolves, item.officer_id, 'resolve', 'results.toml: made', 'handling', 'resolved', '{"round": 1}', fate = 'closed'),
    (6, l.rates, item.contact_id, 'rate', '', 'resolved', 'rated', '{"level": 4, "reason": ""}', fate = 'closed'),
    (7, l.verifies, %(coordinator)s, 'verify', 'four questions', 'rated', 'verified', '{"answers": {"solved": "yes"}}', fate = 'closed'),
    (8, l.ends, %(coordinator)s, 'close', 'afterwards.toml: made', 'verified', 'closed', '{}', fate = 'closed')
) step (seq, at, actor, action, rule, state_before, state_after, data, wanted)
WHERE wanted AND step.at <= %(now)s AND (seq < 3 OR item.state <> 'triage')

-- Rungs planned in time and given up because the item moved on; those of open items are planned by the service itself.
INSERT INTO reminder (district_id, item_id, round, rung, due_at, status, said_at, why)
SELECT 'main', n, 1, rung, l.at + after, CASE WHEN heard THEN 'said' ELSE 'void' END,
       CASE WHEN heard THEN l.at + after END, CASE WHEN NOT heard THEN 'the item moved on' END
FROM made_life l
CROSS JOIN (VALUES
    ('sign', interval '3.5 hours', false), ('sign_late', interval '1 day', false), ('contact', interval '1.1 days', false),
    ('half', interval '5 days', true), ('near_due', interval '8 days', false), ('due', interval '10 days', false),
    ('overdue', interval '11 days', false), ('overdue_daily', interval '12 days', false)
) rungs (rung, after, heard)
WHERE ends <= %(now)s

-- What people were told of each: the words and the account of old messages are let go.
INSERT INTO outbox (
    district_id, once_key, person_id, item_id, text_key, facts, urgent, recipient, reminder, while_state, while_round,
    created_at, status, next_try, attempts, channel, identity_id, body, sent_at, vendor_id
)
SELECT 'main', what || ':' || number || ':' || told.seq || ':' || told.recipient || ':' || told.person_id, told.person_id, n, told.text_key,
       CASE WHEN kept THEN '{"held": {"lead": "供电公司", "officer": "干部"}}' ELSE '{}' END::json, false, told.recipient, reminder, told.state, 1,
       told.at, 'sent', told.at + interval '2 minutes', 1, 'custom', CASE WHEN kept THEN account.id END,
       CASE WHEN kept THEN json_build_object('msgtype', 'text', 'text', json_build_object('content', number || ' 已交供电公司办理，有进展会告诉您。')) END,
       told.at + interval '1 second', 'v' || n || '-' || told.seq
FROM made_life l
JOIN item ON item.id = n AND officer_id IS NOT NULL
CROSS JOIN LATERAL (VALUES
    ('dispatch', 2, l.at, officer_id, 'officer', 'dispatched_officer', 'assigned', false),
    ('dispatch', 2, l.at, contact_id, 'contact', 'dispatched_contact', 'assigned', false),
    ('sign', 3, signed_at, contact_id, 'contact', 'signed_contact', NULL, false),
    ('rung', 5, l.at + interval '5 days', officer_id, 'officer', 'remind_half', 'handling', true),
    ('resolve', 5, resolved_at, contact_id, 'contact', 'resolved_contact', 'resolved', false),
    ('close', 8, CASE WHEN item.state = 'closed' THEN closed_at END, contact_id, 'contact', 'closed_contact', NULL, false)
) told (what, seq, at, person_id, recipient, text_key, state, reminder)
JOIN LATERAL (SELECT told.at > %(now)s::timestamptz - interval '90 days' AS kept) age ON true
JOIN (SELECT person_id, min(id) AS id FROM identity GROUP BY person_id) account ON account.person_id = told.person_id
WHERE told.at <= %(now)s

-- Two deliveries of each, as long as they are kept.
INSERT INTO inbox (district_id, channel, dedupe_key, received_at, person_id, body, reply, failed, waiting)
SELECT 'main', 'oa', md5('made ' || n || ' ' || turn) || md5(n::text), at + turn * interval '2 hours',
       CASE WHEN turn = 0 THEN contact_id ELSE coalesce(officer_id, contact_id) END, repeat('1', 160), repeat('1', 240),
       false, false
FROM made_life JOIN item ON item.id = n CROSS JOIN generate_series(0, 1) turn
WHERE at > %(now)s::timestamptz - interval '30 days' AND at + turn * interval '2 hours' <= %(now)s

INSERT INTO item_word (district_id, word, item_id)
SELECT DISTINCT 'main', word, n FROM made_life JOIN made_text t ON t.i = said CROSS JOIN LATERAL json_array_elements_text(t.words::json) word

INSERT INTO commitment (district_id, item_id, by_id, made_at, text, due_at, status, settled_at)
SELECT 'main', n, officer_id, signed_at, '后天前给答复', l.at + interval '4 days',
       CASE WHEN closed_at IS NULL THEN 'open' WHEN pg_temp.dice(n, 10, 5) = 0 THEN 'broken' ELSE 'kept' END, closed_at
FROM made_life l JOIN item ON item.id = n WHERE luck IN (20, 21, 22) AND signed_at IS NOT NULL

INSERT INTO extension (district_id, item_id, asked_by_id, asked_at, old_due_at, new_due_at, reason, status, decided_by_id, decided_at)
SELECT 'main', n, officer_id, signed_at, due_at - interval '3 days', due_at, '等批文', 'granted', %(coordinator)s, signed_at
FROM made_life JOIN item ON item.id = n WHERE luck IN (30, 31, 32, 33) AND signed_at IS NOT NULL

DROP TABLE made_life
