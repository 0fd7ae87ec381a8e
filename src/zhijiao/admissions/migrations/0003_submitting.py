"""Handing in choices: one statement in the database."""

from django.db import migrations

# Permission, window, list, version, row, audit line and notes in one round trip. It does not go through the scopes: it asks
# itself whether the person is the candidate or a bound guardian. The digest is that of rules/receipts.py. `moment` is the
# clock of the server that took the request; `page_opened` when that server showed the page. The lock on the round is shared;
# freezing takes it alone (actions/freezing), so that nothing is handed in while the inputs are read.
SUBMIT = """
CREATE FUNCTION zhijiao_submit_choices(
    person bigint, of_candidate bigint, in_round bigint, chosen bigint[], adjusting bigint[], once text,
    moment timestamptz, page_opened timestamptz, session_mark text, from_address text)
  RETURNS TABLE (outcome text, number text, sum text, nth integer, made timestamptz, maker text, ends_at timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
  AS $$
    DECLARE
      who record; r record; same record; closing timestamptz; codes text; counted integer; next integer; hash bytea;
      receipt_number text; tx bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(7310078, (of_candidate % 2147483647)::integer);
      PERFORM pg_advisory_xact_lock_shared(7310077, (in_round % 2147483647)::integer);
      SELECT k.id, k.number AS candidate_number, k.school_id, k.county_id, k.user_id, k.season_id, s.code, s.tenant, s.phase,
             u.name AS user_name
        INTO who
        FROM admissions_candidate k
        JOIN admissions_season s ON s.id = k.season_id
        JOIN core_user u ON u.id = person AND u.is_active AND u.tenant = s.tenant
       WHERE k.id = of_candidate AND k.state = 'active'
         AND (k.user_id = person OR EXISTS (SELECT 1 FROM admissions_guardian g
               WHERE g.candidate_id = k.id AND g.user_id = person AND g.ended_at IS NULL));
      IF NOT FOUND THEN
        RETURN QUERY SELECT 'invisible', '', '', 0, moment, '', NULL::timestamptz; RETURN;
      END IF;
      SELECT * INTO r FROM admissions_round WHERE id = in_round AND season_id = who.season_id AND wiped_at IS NULL;
      IF NOT FOUND THEN
        RETURN QUERY SELECT 'invisible', '', '', 0, moment, '', NULL::timestamptz; RETURN;
      END IF;
      -- The answer to a request that was answered before, also after the closing: the page may not have seen it.
      SELECT * INTO same FROM admissions_submission
       WHERE candidate_id = of_candidate AND round_id = in_round AND key = once;
      IF FOUND THEN
        RETURN QUERY SELECT CASE WHEN same.lines = chosen AND same.adjust = adjusting THEN 'again' ELSE 'other' END,
          same.receipt::text, same.digest::text, same.version::integer, same.at, same.name::text, r.closes_at;
        RETURN;
      END IF;
      SELECT greatest(r.closes_at, max(e.until)) INTO closing FROM admissions_extension e
       WHERE e.round_id = in_round
         AND (e.candidate_id = of_candidate OR e.school_id = who.school_id
              OR (e.candidate_id IS NULL AND e.school_id IS NULL));
      IF moment < r.opens_at THEN
        RETURN QUERY SELECT 'before', '', '', 0, moment, '', r.opens_at; RETURN;
      END IF;
      -- The plan may still change while the season is not in filling, whatever the days of a round say.
      IF who.phase <> (CASE r.kind WHEN 'supplementary' THEN 'supplementary' ELSE 'filling' END) THEN
        RETURN QUERY SELECT 'phase', '', '', 0, moment, '', closing; RETURN;
      END IF;
      IF r.kind = 'supplementary' AND admissions_is_seated(of_candidate) THEN
        RETURN QUERY SELECT 'seated', '', '', 0, moment, '', closing; RETURN;
      END IF;
      IF r.frozen_at IS NOT NULL OR moment >= closing
          + make_interval(mins => CASE WHEN page_opened >= r.opens_at AND page_opened < closing
                                       THEN r.grace_minutes::integer ELSE 0 END) THEN
        RETURN QUERY SELECT 'closed', '', '', 0, moment, '', closing; RETURN;
      END IF;
      SELECT count(*), string_agg(l.code || CASE WHEN o.line = ANY(adjusting) THEN '+' ELSE '' END, E'\\n' ORDER BY o.nr)
        INTO counted, codes
        FROM unnest(chosen) WITH ORDINALITY AS o(line, nr)
        JOIN admissions_planline l ON l.id = o.line AND l.season_id = who.season_id AND l.state = 'approved'
         AND l.batch = ANY(r.batches);
      IF counted = 0 OR counted <> cardinality(chosen) OR NOT adjusting <@ chosen
         OR counted <> (SELECT count(DISTINCT line) FROM unnest(chosen) AS line) THEN
        RETURN QUERY SELECT 'lines', '', '', 0, moment, '', closing; RETURN;
      END IF;
      SELECT coalesce(max(version), 0) + 1 INTO next FROM admissions_submission
       WHERE candidate_id = of_candidate AND round_id = in_round;
      hash := sha256(convert_to(concat_ws(E'\\n', who.code, r.code, who.candidate_number, next,
        to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), codes), 'UTF8'));
      SELECT string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', get_byte(hash, i) % 32 + 1, 1), '' ORDER BY i)
        INTO receipt_number FROM generate_series(0, 9) AS i;
      receipt_number := left(receipt_number, 5) || '-' || right(receipt_number, 5);
      INSERT INTO admissions_submission
          (candidate_id, round_id, version, lines, adjust, at, "user", name, session, digest, receipt, key)
        VALUES (of_candidate, in_round, next, chosen, adjusting, moment, person, who.user_name, session_mark,
                encode(hash, 'hex'), receipt_number, once);
      tx := zhijiao_transaction();
      INSERT INTO core_auditevent (transaction, at, "user", name, tenant, organisation_id, action, object_kind, object_id,
                                   summary, detail, address)
        VALUES (tx, moment, person, who.user_name, who.tenant, coalesce(who.school_id, who.county_id),
                'admissions.submit', 'candidate', of_candidate,
                r.name || '：提交第 ' || next || ' 版志愿，回执 ' || receipt_number,
                jsonb_build_object('round', in_round, 'version', next, 'receipt', receipt_number,
                                   'digest', encode(hash, 'hex'), 'session', session_mark), from_address);
      -- Who else is concerned learns of it: a list that somebody else handed in does not stay unnoticed.
      INSERT INTO core_message (user_id, key, subject, body, link, sent_at)
        SELECT p.user_id, 'choices-' || receipt_number, r.name || '志愿已提交，回执 ' || receipt_number,
               who.user_name || '提交了第 ' || next || ' 版志愿。不是您或家人提交的，请立即告诉初中学校。', '/choices', moment
          FROM (SELECT who.user_id UNION
                SELECT g.user_id FROM admissions_guardian g
                 WHERE g.candidate_id = of_candidate AND g.ended_at IS NULL) p
         WHERE p.user_id IS NOT NULL
      ON CONFLICT (user_id, key) DO NOTHING;
      RETURN QUERY SELECT 'made', receipt_number, encode(hash, 'hex'), next, moment, who.user_name::text, closing;
    END
  $$
"""

NO_SUBMIT = """
DROP FUNCTION zhijiao_submit_choices(bigint, bigint, bigint, bigint[], bigint[], text, timestamptz, timestamptz, text, text)
"""

# Whether somebody has a seat that still stands: by a published run and not given up, or by name.
SEATED = """
CREATE FUNCTION admissions_is_seated(of_candidate bigint) RETURNS boolean LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public
  AS $$
    SELECT EXISTS (SELECT FROM admissions_outcome o JOIN admissions_run n ON n.id = o.run_id
                    WHERE o.candidate_id = of_candidate AND o.line_id IS NOT NULL AND n.kind = 'real'
                      AND n.state = 'published' AND NOT (o.batch = ANY(n.withheld))
                      AND NOT EXISTS (SELECT FROM admissions_decline d WHERE d.outcome_id = o.id AND d.state = 'approved'))
        OR EXISTS (SELECT FROM admissions_topup t WHERE t.candidate_id = of_candidate AND t.state = 'approved')
  $$
"""

NO_SEATED = "DROP FUNCTION admissions_is_seated(bigint)"

# What the straight way has to know before the statement: the account behind the session, and the round.
PLACE = """
CREATE FUNCTION zhijiao_filling_place(person bigint, of_candidate bigint, in_round text)
  RETURNS TABLE (password text, must_change boolean, round_id bigint, second_factor boolean, origins text[], stamp text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT u.password::text, u.must_change_password, r.id, r.second_factor, c.origins::text[],
           s.plan_digest || '/' || s.rules_digest || '/' || s.revision || '/' || r.revision
      FROM core_user u, admissions_candidate c
      JOIN admissions_season s ON s.id = c.season_id
      JOIN admissions_round r ON r.season_id = s.id AND r.code = in_round AND r.wiped_at IS NULL
     WHERE u.id = person AND u.is_active AND u.tenant = s.tenant AND c.id = of_candidate AND c.state = 'active'
       AND (c.user_id = person OR EXISTS (SELECT 1 FROM admissions_guardian g
             WHERE g.candidate_id = c.id AND g.user_id = person AND g.ended_at IS NULL))
  $$
"""

NO_PLACE = "DROP FUNCTION zhijiao_filling_place(bigint, bigint, text)"

# Who has handed in, and whose draft is newer than that, without what stands in it: for the junior school, the county and the bureaus, each of its own candidates.
HANDED_IN = """
CREATE FUNCTION admissions_handed_in(of_round bigint)
  RETURNS TABLE (candidate bigint, version integer, handed_at timestamptz, drafted_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT c.id, s.version::integer, s.at, d.saved_at
      FROM admissions_round r
      JOIN admissions_candidate c ON c.season_id = r.season_id AND c.state = 'active'
      LEFT JOIN LATERAL (SELECT x.version, x.at, x.lines, x.adjust FROM admissions_submission x
                          WHERE x.round_id = r.id AND x.candidate_id = c.id ORDER BY x.version DESC LIMIT 1) s ON true
      LEFT JOIN admissions_draft d ON d.round_id = r.id AND d.candidate_id = c.id
       AND (s.at IS NULL OR (d.saved_at > s.at AND ROW(d.lines, d.adjust) IS DISTINCT FROM ROW(s.lines, s.adjust)))
     WHERE r.id = of_round
       AND (c.school_id = ANY((SELECT zhijiao_read())::bigint[]) OR c.county_id = ANY((SELECT zhijiao_read())::bigint[])
            OR c.season_id = ANY((SELECT admissions_read())::bigint[]) OR current_setting('role') = 'zhijiao_bulk')
  $$
"""

NO_HANDED_IN = "DROP FUNCTION admissions_handed_in(bigint)"


class Migration(migrations.Migration):
    dependencies = [("admissions", "0002_guards")]

    operations = [
        migrations.RunSQL(SEATED, NO_SEATED),
        migrations.RunSQL(SUBMIT, NO_SUBMIT),
        migrations.RunSQL(PLACE, NO_PLACE),
        migrations.RunSQL(HANDED_IN, NO_HANDED_IN),
    ]
