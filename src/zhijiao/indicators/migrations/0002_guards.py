"""The scopes of reports, figures and shares, and what the database refuses whoever asks.

A report moves only together with a line of its ledger; what was handed in stays as it is until it is a draft again; a
figure is written only by the line that approved it. The checks at the end of a transaction read past the scopes, since
whoever committed may no longer stand in one.
"""

from django.db import migrations

from zhijiao.core.rowsecurity import meets, of_organisation, of_parent, policies, stays, within

GUARDS = """
CREATE FUNCTION indicators_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      RAISE EXCEPTION 'a report begins as an empty draft';
    END IF;
    IF OLD.state <> 'draft'
       AND ROW(NEW.value, NEW.numerator, NEW.denominator, NEW.text, NEW.note, NEW.evidence)
           IS DISTINCT FROM ROW(OLD.value, OLD.numerator, OLD.denominator, OLD.text, OLD.note, OLD.evidence) THEN
      RAISE EXCEPTION 'report % is %: what was handed in stays as it is', OLD.id, OLD.state;
    END IF;
    IF NEW.step <> OLD.step + (NEW.state <> OLD.state)::int THEN
      RAISE EXCEPTION 'report %: a change of state is one line of the ledger', OLD.id;
    END IF;
    IF NEW.revision <> OLD.revision + 1 THEN
      RAISE EXCEPTION 'report %: every write raises the revision by one', OLD.id;
    END IF;
    RETURN NEW;
  END $$;

CREATE TRIGGER begins_empty BEFORE INSERT ON indicators_report FOR EACH ROW
  WHEN (NEW.state <> 'draft' OR NEW.step <> 0 OR NEW.value IS NOT NULL OR NEW.text <> '')
  EXECUTE FUNCTION indicators_guard_report();
CREATE TRIGGER guarded BEFORE UPDATE ON indicators_report FOR EACH ROW
  EXECUTE FUNCTION indicators_guard_report();

CREATE FUNCTION indicators_follow_ledger() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM indicators_reportstep s
                    WHERE s.report_id = NEW.id AND s.number = NEW.step AND s.source = OLD.state
                      AND s.target = NEW.state
                      AND ROW(s.value, s.numerator, s.denominator, s.text, s.note, s.evidence)
                          IS NOT DISTINCT FROM
                          ROW(NEW.value, NEW.numerator, NEW.denominator, NEW.text, NEW.note, NEW.evidence)) THEN
      RAISE EXCEPTION 'report %: no line of the ledger says % → %', NEW.id, OLD.state, NEW.state;
    END IF;
    IF NEW.state = 'approved' AND NOT EXISTS (
         SELECT 1 FROM indicators_figure f JOIN indicators_reportstep s ON s.id = f.step_id
          WHERE s.report_id = NEW.id AND s.number = NEW.step) THEN
      RAISE EXCEPTION 'report %: approved without a figure', NEW.id;
    END IF;
    RETURN NULL;
  END $$;

CREATE CONSTRAINT TRIGGER follows_ledger AFTER UPDATE ON indicators_report
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION indicators_follow_ledger();

CREATE FUNCTION indicators_follow_report() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  DECLARE known int; before text;
  BEGIN
    SELECT step INTO known FROM indicators_report WHERE id = NEW.report_id;
    SELECT target INTO before FROM indicators_reportstep WHERE report_id = NEW.report_id AND number = NEW.number - 1;
    IF NEW.number < 1 OR NEW.number > known OR NEW.source <> coalesce(before, CASE NEW.number WHEN 1 THEN 'draft' END, '') THEN
      RAISE EXCEPTION 'report %: line % does not follow from the one before it', NEW.report_id, NEW.number;
    END IF;
    RETURN NULL;
  END $$;

CREATE CONSTRAINT TRIGGER follows_report AFTER INSERT ON indicators_reportstep
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION indicators_follow_report();

CREATE FUNCTION indicators_guard_figure() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    IF NOT EXISTS (
         SELECT 1 FROM indicators_reportstep s JOIN indicators_report r ON r.id = s.report_id
          WHERE s.id = NEW.step_id AND r.id = NEW.report_id AND s.target = 'approved' AND s.at = NEW.known_from
            AND ROW(s.value, s.numerator, s.denominator, s.text)
                IS NOT DISTINCT FROM ROW(NEW.value, NEW.numerator, NEW.denominator, NEW.text)
            AND ROW(r.tenant, r.pack, r.obligation, r.indicator, r.organisation_id, r.period, r.starts, r.ends)
                = ROW(NEW.tenant, NEW.pack, NEW.obligation, NEW.indicator, NEW.organisation_id, NEW.period,
                      NEW.starts, NEW.ends)) THEN
      RAISE EXCEPTION 'report %: a figure is written by the step that approved it', NEW.report_id;
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM indicators_figure f WHERE f.id = NEW.replaces_id AND f.report_id = NEW.report_id) THEN
      RAISE EXCEPTION 'report %: a figure replaces one of its own report', NEW.report_id;
    END IF;
    RETURN NEW;
  END $$;

CREATE TRIGGER written_by_approval BEFORE INSERT ON indicators_figure FOR EACH ROW
  EXECUTE FUNCTION indicators_guard_figure();
"""

NO_GUARDS = """
DROP TRIGGER written_by_approval ON indicators_figure;
DROP TRIGGER follows_report ON indicators_reportstep;
DROP TRIGGER follows_ledger ON indicators_report;
DROP TRIGGER guarded ON indicators_report;
DROP TRIGGER begins_empty ON indicators_report;
DROP FUNCTION indicators_guard_figure(), indicators_follow_report(), indicators_follow_ledger(),
  indicators_guard_report();
"""

OWN_OR_PARTY = "{} OR {}"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        # Reports are opened in bulk only; who reports or reviews changes what is there.
        policies(
            "indicators_report",
            read=OWN_OR_PARTY.format(within("organisation_id", "read"), meets("parties", "read")),
            write=OWN_OR_PARTY.format(within("organisation_id", "work"), meets("parties", "work")),
            insert="false",
        ),
        of_parent("indicators_reportstep", "report_id", "indicators_report", append=True),
        of_organisation("indicators_figure", parties="parties", also_read="disclosed"),
        policies("indicators_pulse", read="true", write="true"),
        policies(
            "indicators_receipt",
            read=f'{within("organisation_id", "read")} OR "user" = (SELECT zhijiao_user())',
            insert='"user" = (SELECT zhijiao_user())',
        ),
        of_organisation("indicators_targetshare", parties="parties"),
        stays("indicators_targetshare", "parties"),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
