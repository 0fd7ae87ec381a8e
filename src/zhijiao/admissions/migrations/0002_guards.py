"""The scopes of a season's rows, and what the database refuses whoever asks.

A season's bureaus (`parties`) read and work on all of it; a school on its own lines and on who is placed with it once the
result is signed; a junior school and its county on their candidates, but never on choices. A learner reaches no organisation:
what is theirs is what `admissions_own` names. Choices and reasons are read by candidate and guardian alone.
"""

from django.db import migrations

from zhijiao.core.rowsecurity import meets, policies, stays, within

FUNCTIONS = """
-- Seasons that the person's bureaus take part in, for reading and for working.
CREATE FUNCTION admissions_read() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM admissions_season WHERE parties && zhijiao_read() $$;

CREATE FUNCTION admissions_work() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM admissions_season WHERE parties && zhijiao_work() $$;

-- Seasons whose plan everybody reads.
CREATE FUNCTION admissions_open() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM admissions_season WHERE plan_digest <> '' $$;

-- The candidates that the signed-in person is, or answers for.
CREATE FUNCTION admissions_own() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT coalesce(array_agg(id), '{}') FROM (
      SELECT c.id FROM admissions_candidate c WHERE c.user_id = zhijiao_user()
      UNION
      SELECT g.candidate_id FROM admissions_guardian g WHERE g.user_id = zhijiao_user() AND g.ended_at IS NULL) o
  $$;

-- The junior schools of those candidates.
CREATE FUNCTION admissions_own_schools() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT coalesce(array_agg(school_id), '{}') FROM admissions_candidate WHERE id = ANY(admissions_own()) $$;

-- Candidates who are placed with, or named by, a school of the person's scope.
CREATE FUNCTION admissions_placed() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT coalesce(array_agg(id), '{}') FROM (
      SELECT o.candidate_id AS id FROM admissions_outcome o JOIN admissions_run r ON r.id = o.run_id
       WHERE r.state IN ('signed', 'publicised', 'published') AND o.organisation_id = ANY(zhijiao_read())
      UNION
      SELECT t.candidate_id FROM admissions_topup t
       WHERE t.state IN ('proposed', 'approved') AND t.organisation_id = ANY(zhijiao_read())) o
  $$;

-- Runs that bureaus of the person read; runs that are signed; runs that are published.
CREATE FUNCTION admissions_runs() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM admissions_run WHERE season_id = ANY(admissions_read()) $$;

CREATE FUNCTION admissions_signed() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM admissions_run
         WHERE state IN ('signed', 'publicised', 'published') $$;

CREATE FUNCTION admissions_published() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT coalesce(array_agg(id), '{}') FROM admissions_run WHERE state = 'published' $$;
"""

NO_FUNCTIONS = """
DROP FUNCTION admissions_published(), admissions_signed(), admissions_runs(), admissions_placed(),
  admissions_own_schools(), admissions_own(), admissions_open(), admissions_work(), admissions_read();
"""

GUARDS = """
-- What a season is run by stays once its plan is locked; the plan's digest then moves only with a correction.
CREATE FUNCTION admissions_guard_season() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    IF OLD.plan_digest <> '' THEN
      IF ROW(NEW.rules, NEW.rules_digest, NEW.bureaus, NEW.parties, NEW.pack_version)
         IS DISTINCT FROM ROW(OLD.rules, OLD.rules_digest, OLD.bureaus, OLD.parties, OLD.pack_version) THEN
        RAISE EXCEPTION 'season % is locked: its rules stay as they are', OLD.id;
      END IF;
      IF NEW.plan_digest <> OLD.plan_digest AND (NEW.plan_digest = '' OR NOT EXISTS (
           SELECT 1 FROM admissions_planstep s WHERE s.season_id = OLD.id AND s.action = 'correct'
              AND s.transaction = zhijiao_transaction())) THEN
        RAISE EXCEPTION 'season % is locked: its plan changes only by a correction', OLD.id;
      END IF;
    END IF;
    RETURN NEW;
  END $$;
CREATE TRIGGER guarded BEFORE UPDATE ON admissions_season FOR EACH ROW EXECUTE FUNCTION admissions_guard_season();

CREATE FUNCTION admissions_follow_steps() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    IF TG_TABLE_NAME = 'admissions_season' THEN
      IF NOT EXISTS (SELECT 1 FROM admissions_seasonstep s WHERE s.season_id = NEW.id AND s.number = NEW.steps_count
                        AND s.target = NEW.phase) THEN
        RAISE EXCEPTION 'season %: no step leads to %', NEW.id, NEW.phase;
      END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM admissions_planstep s WHERE s.line_id = NEW.id AND s.number = NEW.steps_count
                         AND s.target = NEW.state) THEN
      RAISE EXCEPTION 'plan line %: no step leads to %', NEW.id, NEW.state;
    END IF;
    RETURN NULL;
  END $$;
CREATE CONSTRAINT TRIGGER follows_steps AFTER UPDATE ON admissions_season
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.phase IS DISTINCT FROM NEW.phase)
  EXECUTE FUNCTION admissions_follow_steps();
CREATE CONSTRAINT TRIGGER follows_steps AFTER UPDATE ON admissions_planline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION admissions_follow_steps();

-- A locked plan: lines and cells move only together with a correction of the same transaction.
CREATE FUNCTION admissions_guard_plan() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  DECLARE touched bigint;
  BEGIN
    IF TG_TABLE_NAME = 'admissions_planline' THEN
      touched := coalesce(NEW.season_id, OLD.season_id);
    ELSE
      SELECT season_id INTO touched FROM admissions_planline WHERE id = coalesce(NEW.line_id, OLD.line_id);
    END IF;
    IF EXISTS (SELECT 1 FROM admissions_season WHERE id = touched AND plan_digest <> '')
       AND NOT EXISTS (SELECT 1 FROM admissions_planstep s WHERE s.season_id = touched AND s.action = 'correct'
                          AND s.transaction = zhijiao_transaction()) THEN
      RAISE EXCEPTION 'season % is locked: its plan changes only by a correction', touched;
    END IF;
    RETURN coalesce(NEW, OLD);
  END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON admissions_planline FOR EACH ROW
  EXECUTE FUNCTION admissions_guard_plan();
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON admissions_plancell FOR EACH ROW
  EXECUTE FUNCTION admissions_guard_plan();

-- Marks and origins come from the exam body or a signed correction, both of which work in bulk.
CREATE FUNCTION admissions_guard_marks() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('role') <> 'zhijiao_bulk' THEN
      RAISE EXCEPTION 'candidate %: marks are not changed by hand', OLD.id;
    END IF;
    RETURN NEW;
  END $$;
CREATE TRIGGER marks_stay BEFORE UPDATE ON admissions_candidate FOR EACH ROW
  WHEN (ROW(OLD.number, OLD.columns, OLD.total, OLD.bonus, OLD.origins, OLD.identity_index, OLD.sheet_id)
        IS DISTINCT FROM
        ROW(NEW.number, NEW.columns, NEW.total, NEW.bonus, NEW.origins, NEW.identity_index, NEW.sheet_id))
  EXECUTE FUNCTION admissions_guard_marks();

-- Submissions stay, except those of a mock round that is being wiped.
CREATE FUNCTION admissions_guard_submission() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM admissions_round r WHERE r.id = OLD.round_id AND r.kind = 'mock'
                      AND r.wiped_at IS NOT NULL) THEN
      RAISE EXCEPTION 'submission %: what was handed in stays', OLD.receipt;
    END IF;
    RETURN OLD;
  END $$;
CREATE TRIGGER kept BEFORE DELETE ON admissions_submission FOR EACH ROW
  EXECUTE FUNCTION admissions_guard_submission();
"""

NO_GUARDS = """
DROP TRIGGER kept ON admissions_submission;
DROP TRIGGER marks_stay ON admissions_candidate;
DROP TRIGGER guarded ON admissions_plancell;
DROP TRIGGER guarded ON admissions_planline;
DROP TRIGGER follows_steps ON admissions_planline;
DROP TRIGGER follows_steps ON admissions_season;
DROP TRIGGER guarded ON admissions_season;
DROP FUNCTION admissions_guard_submission(), admissions_guard_marks(), admissions_guard_plan(),
  admissions_follow_steps(), admissions_guard_season();
"""


def among(column: str, function: str) -> str:
    """The condition that a column is among what a function of the scope names; computed once a query."""
    return f"{column} = ANY((SELECT {function}())::bigint[])"


BUREAUS_READ, BUREAUS_WORK = among("season_id", "admissions_read"), among("season_id", "admissions_work")
OWN = among("candidate_id", "admissions_own")
LINE_OPEN = f"(state = 'approved' AND {among('season_id', 'admissions_open')})"


def of_candidate(condition: str = "true") -> str:
    """The condition that the candidate of a row is seen, and more of the candidate `p`."""
    return f"EXISTS (SELECT 1 FROM admissions_candidate p WHERE p.id = candidate_id AND ({condition}))"


def of_line(condition: str = "true") -> str:
    """The condition that the plan line of a row is seen, and more of the line `p`."""
    return f"EXISTS (SELECT 1 FROM admissions_planline p WHERE p.id = line_id AND ({condition}))"


def of_round(condition: str) -> str:
    """A condition on the round `p` of a row."""
    return f"EXISTS (SELECT 1 FROM admissions_round p WHERE p.id = round_id AND ({condition}))"


SENDERS = " OR ".join(
    (within("p.school_id", "work"), within("p.county_id", "work"), among("p.season_id", "admissions_work"))
)
"""Of a candidate `p`: junior school, county and bureaus, at work."""
ABOVE = " OR ".join((within("p.school_id", "read"), within("p.county_id", "read")))
LINE_HANDS = f"{within('p.organisation_id', 'work')} OR {among('p.season_id', 'admissions_work')}"
SEASON_HANDS = among("p.season_id", "admissions_work")


class Migration(migrations.Migration):
    dependencies = [("admissions", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        policies("admissions_season", read="true", write=meets("parties", "work")),
        policies("admissions_seasonstep", read=BUREAUS_READ, insert=BUREAUS_WORK),
        policies("admissions_round", read="true", write=BUREAUS_WORK),
        policies("admissions_roundseat", read="true", insert=of_round(SEASON_HANDS)),
        policies(
            "admissions_extension",
            read=" OR ".join(
                (
                    of_round(among("p.season_id", "admissions_read")),
                    OWN,
                    within("school_id", "read"),
                    among("school_id", "admissions_own_schools"),
                    "(round_id IS NOT NULL AND candidate_id IS NULL AND school_id IS NULL)",
                )
            ),
            insert=of_round(SEASON_HANDS),
        ),
        policies(
            "admissions_planline",
            read=" OR ".join(
                (LINE_OPEN, within("organisation_id", "read"), within("division_id", "read"), BUREAUS_READ)
            ),
            write=f"{within('organisation_id', 'work')} OR {BUREAUS_WORK}",
        ),
        policies("admissions_plancell", read=of_line(), write=of_line(LINE_HANDS)),
        policies(
            "admissions_planstep",
            read=" OR ".join(
                (BUREAUS_READ, within("organisation_id", "read"), of_line(within("p.organisation_id", "read")))
            ),
            insert=f"{BUREAUS_WORK} OR {of_line(LINE_HANDS)}",
        ),
        policies(
            "admissions_plansignature",
            read=f"{BUREAUS_READ} OR {among('season_id', 'admissions_open')}",
            insert=f"{BUREAUS_WORK} AND {within('organisation_id', 'work')}",
        ),
        policies("admissions_scoresheet", read=BUREAUS_READ, insert=BUREAUS_WORK),
        policies(
            "admissions_candidate",
            read=" OR ".join(
                (
                    among("id", "admissions_own"),
                    within("school_id", "read"),
                    within("county_id", "read"),
                    BUREAUS_READ,
                    among("id", "admissions_placed"),
                )
            ),
            write=" OR ".join((within("school_id", "work"), within("county_id", "work"), BUREAUS_WORK)),
        ),
        policies("admissions_guardian", read=of_candidate(), write=of_candidate(SENDERS)),
        policies(
            "admissions_scorecorrection",
            read=of_candidate(),
            write=of_candidate(among("p.season_id", "admissions_work")),
        ),
        policies(
            "admissions_bonusclaim",
            read=of_candidate(),
            write=of_candidate(SENDERS),
            insert=f"{OWN} OR {of_candidate(SENDERS)}",
        ),
        policies("admissions_draft", read=OWN, write=OWN),
        # Handed in through one function, which asks for the window; wiped in bulk.
        policies("admissions_submission", read=OWN, insert="false"),
        policies(
            "admissions_run",
            read=f"{BUREAUS_READ} OR state = 'published'",
            write=BUREAUS_WORK,
        ),
        policies(
            "admissions_runsignature",
            read="EXISTS (SELECT 1 FROM admissions_run p WHERE p.id = run_id)",
            insert=f"{within('organisation_id', 'work')} AND {among('run_id', 'admissions_runs')}",
        ),
        # Written in bulk, by the run.
        policies(
            "admissions_outcome",
            read=" OR ".join(
                (
                    among("run_id", "admissions_runs"),
                    f"({among('run_id', 'admissions_signed')} AND {within('organisation_id', 'read')})",
                    f"({among('run_id', 'admissions_published')} AND ({OWN} OR {of_candidate(ABOVE)}))",
                )
            ),
            insert="false",
        ),
        policies(
            "admissions_explanation",
            read=f"{among('run_id', 'admissions_published')} AND {OWN}",
            insert="false",
        ),
        # Everybody reads a notice while its days last, and nobody but the bureaus afterwards.
        policies(
            "admissions_publicity",
            read=f"{BUREAUS_READ} OR (withdrawn_at IS NULL AND"
            " (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN starts AND ends)",
            write=BUREAUS_WORK,
        ),
        policies(
            "admissions_objection",
            read="made_by = (SELECT zhijiao_user()) OR EXISTS (SELECT 1 FROM admissions_publicity p"
            f" WHERE p.id = publicity_id AND {among('p.season_id', 'admissions_read')})",
            write="EXISTS (SELECT 1 FROM admissions_publicity p"
            f" WHERE p.id = publicity_id AND {among('p.season_id', 'admissions_work')})",
            insert="made_by = (SELECT zhijiao_user())",
        ),
        policies(
            "admissions_decline",
            read=of_candidate(),
            write=f"{OWN} OR {of_candidate(SENDERS)}",
        ),
        policies(
            "admissions_topup",
            read=f"{within('organisation_id', 'read')} OR {BUREAUS_READ} OR {OWN}",
            write=f"{within('organisation_id', 'work')} OR {BUREAUS_WORK}",
        ),
        policies(
            "admissions_letter",
            read=f"{OWN} OR {BUREAUS_READ} OR {of_line(within('p.organisation_id', 'read'))}",
            write=BUREAUS_WORK,
        ),
        policies(
            "admissions_namelist",
            read=f"{within('organisation_id', 'read')} OR {meets('parties', 'read')} OR {BUREAUS_READ}",
            write=f"{within('organisation_id', 'work')} OR {meets('parties', 'work')} OR {BUREAUS_WORK}",
        ),
        policies(
            "admissions_enrolment",
            read=f"{within('organisation_id', 'read')} OR {BUREAUS_READ} OR {OWN}",
            write=f"{within('organisation_id', 'work')} OR {BUREAUS_WORK}",
        ),
        stays("admissions_season", "tenant", "organisation_id", "code"),
        stays("admissions_round", "season_id", "code", "kind"),
        stays("admissions_planline", "season_id", "organisation_id", "kind"),
        stays("admissions_plancell", "line_id"),
        stays("admissions_candidate", "season_id"),
        stays("admissions_bonusclaim", "candidate_id", "item", "cls"),
        stays("admissions_draft", "candidate_id", "round_id"),
        stays("admissions_run", "season_id", "round_id", "number", "kind"),
        stays("admissions_publicity", "season_id", "code", "kind"),
        stays("admissions_objection", "publicity_id", "receipt", "words", "made_at"),
        stays("admissions_decline", "candidate_id", "outcome_id"),
        stays("admissions_topup", "season_id", "candidate_id", "organisation_id"),
        stays("admissions_namelist", "season_id", "line_id", "organisation_id"),
        stays("admissions_enrolment", "season_id", "candidate_id", "organisation_id"),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
