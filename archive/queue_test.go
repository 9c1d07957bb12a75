package archive

import (
	"strings"
	"testing"

	"aiqyn"
)

const queueMapping = `source: old-queue
service: education.kindergarten
number: {column: No}
applicant: {column: IIN}
since: {column: Since, date: DD.MM.YYYY}
time: {column: At}
state: {column: Status, values: {active: waiting, enrolled: placed}}
answers:
  first: {column: Kindergarten}
`

const queueTable = "No,IIN,Since,At,Status,Kindergarten\n" +
	"1,230315600018,03.02.2025,09:15,active,kg-1\n" +
	"2,230315600018,03.02.2025,9.15,active,kg-1\n" +
	"3,230315600018,03.02.2025,,enrolled,kg-1\n" +
	"4,230315600018,,,active,\n" +
	"5,230315600018,03.02.2025,,gone,\n"

// TestAFormerQueue is read with days, times and who has a place already.
func TestAFormerQueue(t *testing.T) {
	records, faults, err := readAll(parsed(t, queueMapping), []byte(queueTable))
	if err != nil || len(records) != 2 {
		t.Fatal(records, faults, err)
	}
	if r := records[0]; r.Since != "2025-02-03" || r.Time != "09:15:00" || r.Placed || r.Answers["first"] != "kg-1" {
		t.Errorf("read %+v", r)
	}
	if r := records[1]; r.Time != "" || !r.Placed {
		t.Errorf("read %+v", r)
	}
	said := ""
	for _, f := range faults {
		said += f.Column + " " + f.Err.Key + "; "
	}
	if want := "At error.import-time; Since error.answer-required; Status error.import-value; "; said != want {
		t.Errorf("faults: %s", said)
	}
}

// TestMappingsOfTwoKinds: a table is of closed cases or of who waits, not of both.
func TestMappingsOfTwoKinds(t *testing.T) {
	for _, text := range []string{queueMapping + "outcome: {is: granted}\n", strings.Replace(queueMapping, "since:", "filed:", 1), mapping + "time: {column: At}\n"} {
		if _, err := ParseMapping([]byte(text)); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%v:\n%s", err, text)
		}
	}
}

// FuzzQueueLines: any bytes are a former queue, or an error that a person can read.
func FuzzQueueLines(f *testing.F) {
	f.Add([]byte(queueTable))
	m := parsed(f, queueMapping)
	f.Fuzz(func(t *testing.T, data []byte) {
		records, _, err := readAll(m, data)
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatalf("%v", err)
		}
		for _, r := range records {
			if r.Number == "" || r.Applicant == "" || len(r.Since) != 10 || r.Time != "" && len(r.Time) != 8 {
				t.Fatalf("%+v", r)
			}
		}
	})
}
