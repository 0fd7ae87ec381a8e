"""Who sees which row of this domain, and the order of a ledger."""

from django.db import migrations

from zhijiao.core.rowsecurity import of_organisation, of_parent, policies, stays, within

OF_SCHOOL = within("p.organisation_id", "work")

ORDER = """
CREATE FUNCTION records_ledger_order() RETURNS trigger LANGUAGE plpgsql
  AS $$
DECLARE
  last record;
BEGIN
  SELECT number, "on" INTO last FROM records_recordevent
   WHERE record_id = NEW.record_id ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW."on" < last."on" THEN
    RAISE EXCEPTION 'records_recordevent: % of record % does not follow on %', NEW.number, NEW.record_id, last.number;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_order BEFORE INSERT ON records_recordevent
  FOR EACH ROW EXECUTE FUNCTION records_ledger_order();
"""

NO_ORDER = "DROP TRIGGER ledger_order ON records_recordevent; DROP FUNCTION records_ledger_order();"


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        of_organisation("records_studentrecord"),
        of_parent("records_recordevent", "record_id", "records_studentrecord", append=True, hands=OF_SCHOOL),
        of_parent(
            "records_termregistration", "record_id", "records_studentrecord", append=True, hands=OF_SCHOOL
        ),
        of_organisation("records_recordcase", parties="parties"),
        of_parent("records_recordcasestep", "case_id", "records_recordcase", append=True),
        of_organisation("records_schoolclass"),
        of_organisation("records_rosterview"),
        of_organisation("records_recordissue"),
        policies(
            "records_registerfile",
            read=within("organisation_id", "read"),
            insert=within("organisation_id", "work"),
        ),
        stays("records_studentrecord", "tenant", "organisation_id", "person", "key"),
        stays("records_recordcase", "tenant", "number", "organisation_id", "record_id", "person", "event"),
        stays("records_schoolclass", "organisation_id", "class_no"),
        stays("records_recordissue", "tenant", "organisation_id", "kind", "person"),
        migrations.RunSQL(ORDER, NO_ORDER),
    ]
