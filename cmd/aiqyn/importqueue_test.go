package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/store"
)

const queueMapping = `source: old-queue
service: education.kindergarten
number: {column: No}
applicant: {column: IIN}
since: {column: Since, date: DD.MM.YYYY}
time: {column: At}
state: {column: Status, values: {active: waiting, enrolled: placed}}
lang: {is: kk}
answers:
  language: {column: Language, values: {казахский: kk, русский: ru}}
  first: {column: Kindergarten}
`

// infant is the number of a child that a register could have.
func infant(i int) aiqyn.PersonID {
	for serial := i * 10; ; serial++ {
		for check := range 10 {
			if id, err := registry.ParseIIN(fmt.Sprintf("2303156%04d%d", serial, check), false); err == nil {
				return id.Person()
			}
		}
	}
}

// TestImportOfAQueue is an operator's day: a queue that was kept in a table is checked,
// taken over in two runs, and is what the audit finds sound; what is inconsistent in it
// is said row by row.
func TestImportOfAQueue(t *testing.T) {
	onBoth(t, importQueueInto)
}

// queueDay is a folder of an operator, with keys, a mapping and a table.
type queueDay struct {
	*testing.T
	dir, db, pack string
}

func importQueueInto(t *testing.T, db string) {
	pack, err := filepath.Abs("../../packs/kz")
	if err != nil {
		t.Fatal(err)
	}
	d := queueDay{t, t.TempDir(), db, pack}
	t.Chdir(d.dir)
	d.put("map.yaml", queueMapping)
	d.run(0, "keys", "init", "--keys", "k", "--origin", "log.example/queue")
	d.put("empty.csv", "No,IIN,Since,At,Status,Language,Kindergarten\n")
	d.imports(0, "empty.csv", "--init")
	d.furnish()
	table := []string{"No,IIN,Since,At,Status,Language,Kindergarten"}
	row := func(no, child int, rest string) {
		table = append(table, fmt.Sprintf("%d,%s,%s", no, infant(child), rest))
	}
	row(1, 1, "03.02.2025,09:15,active,казахский,kg-1")
	row(2, 2, "03.02.2025,09:15,active,казахский,kg-1")
	row(3, 3, "01.02.2025,,active,казахский,kg-1")   // the number is later, the date earlier
	row(4, 1, "01.01.2025,,active,казахский,kg-1")   // the first again, with an earlier date
	row(5, 4, "05.02.2025,,enrolled,казахский,kg-1") // waits no more
	row(6, 9, "05.02.2025,,active,казахский,kg-1")   // no register knows it
	row(7, 5, "05.02.2125,,active,казахский,kg-1")   // not yet
	row(8, 6, "05.02.2025,,active,русский,kg-1")     // no group in that language
	row(9, 7, "31.02.2025,,active,казахский,kg-1")   // no day
	table = append(table, "10,123,05.02.2025,,active,казахский,kg-1")
	d.put("queue.csv", strings.Join(table, "\n")+"\n")
	if out := d.imports(1, "queue.csv", "--dry-run"); !strings.Contains(out, "Can be taken into the queue: 3. Rows with errors: 5. Remarks: 5.") {
		t.Errorf("the dry run says %s", out)
	}
	waits := d.imports(1, "queue.csv")
	for range 2 { // a second person is told of, and nobody has a place
		if !regexp.MustCompile(`Written down as entry \d+, nobody has a place yet: it waits for an overseer.*\n?.*SHA-256 [0-9a-f]{64}.*: 3. Rows with errors: 5. Remarks: 5.`).MatchString(waits) {
			t.Errorf("the first run says %s", waits)
		}
		d.stands(map[int]int{1: 0, 2: 0, 3: 0})
		waits = d.imports(1, "queue.csv")
	}
	d.answers(casework.TableDeclined)
	if out := d.imports(1, "queue.csv"); !strings.Contains(out, "An overseer has declined this table") || !strings.Contains(out, "not the file that the former office has") {
		t.Errorf("what was declined: %s", out)
	}
	if out := d.imports(1, "queue.csv", "--again"); !strings.Contains(out, "it waits for an overseer") {
		t.Errorf("what was declined, again: %s", out)
	}
	d.answers(casework.TableConfirmed)
	if out := d.imports(1, "queue.csv", "--report", "wrong.csv"); !strings.Contains(out, "Taken into the queue: 3. Taken before: 0. Rows with errors: 5. Remarks: 5.") {
		t.Errorf("the import says %s", out)
	}
	report, err := os.ReadFile(filepath.Join(d.dir, "wrong.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`2,IIN,"No error: .*row 5`, `4,No,No error`, `6,Status,No error`, `7,IIN,The register`, `8,Since,`, `9,Kindergarten,`, `10,Since,`, `11,IIN,`} {
		if !regexp.MustCompile(`(?m)^` + want).Match(report) {
			t.Errorf("the report has no %s:\n%s", want, report)
		}
	}
	mended := strings.ReplaceAll(strings.Join(table, "\n")+"\n", "05.02.2125", "05.02.2025")
	d.put("queue.csv", mended)
	if out := d.imports(1, "queue.csv"); !strings.Contains(out, "it waits for an overseer") {
		t.Errorf("the mended table is another: %s", out)
	}
	d.answers(casework.TableConfirmed)
	if out := d.imports(1, "queue.csv"); !strings.Contains(out, "Taken into the queue: 1. Taken before: 3. Rows with errors: 4.") {
		t.Errorf("the mended table: %s", out)
	}
	if out := d.run(0, "audit", "--db", d.db, "--keys", "k", "--json"); !strings.Contains(out, `"ok":true`) {
		t.Errorf("the audit says %s", out)
	}
	d.stands(map[int]int{1: 1, 3: 2, 2: 3, 5: 4})
	d.imports(2, "queue.csv", "--queue", "land.housing-queue")
}

// TestUnorderedNumbers: of numbers that do not rise with the dates the odd ones are
// named, not everybody behind one that is too high.
func TestUnorderedNumbers(t *testing.T) {
	for _, c := range []struct{ numbers, odd []int64 }{
		{[]int64{1, 2, 3}, nil}, {[]int64{1, 900, 2, 3, 4}, []int64{900}}, {[]int64{5, 6, 1, 7}, []int64{1}}, {[]int64{0, 3, 0, 4}, nil}, {nil, nil}, {[]int64{3, 2, 1}, []int64{3, 2}},
	} {
		var people []waiter
		for i, n := range c.numbers {
			people = append(people, waiter{QueueRow: casework.QueueRow{Row: i + 2}, number: n})
		}
		var odd []int64
		for _, w := range unordered(people) {
			odd = append(odd, w.number)
		}
		if !slices.Equal(odd, c.odd) {
			t.Errorf("%v: %v, want %v", c.numbers, odd, c.odd)
		}
	}
}

// put writes a file.
func (d queueDay) put(name, text string) {
	d.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

// run runs a command that must end so, and returns what it said.
func (d queueDay) run(code int, args ...string) string {
	d.Helper()
	var out bytes.Buffer
	if got := run(d.Context(), args, &out, &out); got != code {
		d.Fatalf("%v ends with %d, want %d:\n%s", args, got, code, &out)
	}
	return out.String()
}

func (d queueDay) imports(code int, table string, more ...string) string {
	d.Helper()
	return d.run(code, append([]string{"import", "--db", d.db, "--without-standby", "--pack", d.pack, "--keys", "k", "--queue", "education.kindergarten", "--mapping", "map.yaml", "--in", table}, more...)...)
}

// answers is an overseer's word on what waits for it.
func (d queueDay) answers(state casework.TableState) {
	d.Helper()
	o := d.office()
	defer o.Close()
	overseer := aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}
	list, err := o.BroughtWaits(d.Context(), overseer)
	if err != nil || len(list) != 1 {
		d.Fatalf("%+v waits, %v", list, err)
	}
	c := casework.ConfirmQueue{ID: aiqyn.CommandID(fmt.Sprint("answer/", list[0].Entry)), Actor: overseer, Entry: list[0].Entry, Ground: "Held against the office's own file"}
	var cmd any = c
	if state == casework.TableDeclined {
		c.Ground = "This is not the file that the former office has"
		cmd = casework.DeclineQueue(c)
	}
	if _, err := o.Do(d.Context(), cmd); err != nil {
		d.Fatal(err)
	}
}

// office opens the operator's engine.
func (d queueDay) office() *office {
	d.Helper()
	f := importFlags{serve: serveFlags{url: strings.Replace(d.db, "real.db", filepath.Join(d.dir, "real.db"), 1), pack: d.pack, keys: filepath.Join(d.dir, "k"), alone: true}}
	c := &call{ctx: d.Context(), stdout: d.Output(), stderr: d.Output()}
	o, err := f.office(c)
	if err != nil {
		d.Fatal(err)
	}
	return o
}

// furnish fills the registers: one kindergarten with a Kazakh group, and children.
func (d queueDay) furnish() {
	d.Helper()
	o := d.office()
	defer o.Close()
	var docs []store.RegisterDoc
	doc := func(register, key string, value any) {
		raw, err := json.Marshal(value)
		if err != nil {
			d.Fatal(err)
		}
		docs = append(docs, store.RegisterDoc{Register: register, Key: key, Value: raw, Version: "1", At: time.Now().UTC().Truncate(time.Microsecond)})
	}
	doc(registry.KindergartenRegister, "kg-1", registry.Institution{ID: "kg-1", Title: aiqyn.Text{KK: "№ 1", RU: "№ 1", EN: "No. 1"}, Region: "710000000", District: "711210000",
		Groups: []registry.PlaceGroup{{ID: "kk-2023", Places: 50, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}}}})
	for i := range 9 {
		doc(registry.PeopleRegister, string(infant(i)), registry.Person{IIN: infant(i), Born: "2023-03-15", Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Алия"}})
	}
	if err := o.db.PutRegisterRows(d.Context(), docs); err != nil {
		d.Fatal(err)
	}
	keeper := aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: "keeper", Body: "kg-1"}
	if _, err := o.Do(d.Context(), casework.ReportPlaces{ID: "places", Actor: keeper, Service: "education.kindergarten", Institution: "kg-1", Group: "kk-2023"}); err != nil {
		d.Fatal(err)
	}
}

// stands holds the queue to who stands where.
func (d queueDay) stands(want map[int]int) {
	d.Helper()
	o := d.office()
	defer o.Close()
	for child, position := range want {
		who := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: infant(child)}
		list, err := o.Mine(d.Context(), who, casework.Page{})
		if err == nil && position == 0 && len(list.Items) == 0 {
			continue
		}
		if err != nil || len(list.Items) != 1 {
			d.Fatalf("child %d: %+v, %v", child, list.Items, err)
		}
		v, err := o.Case(d.Context(), who, list.Items[0].Ref)
		if err != nil || v.Queue.Claim == nil || v.Queue.Lines[0].Position != position || v.Queue.Lines[0].Of != len(want) {
			d.Errorf("child %d is not %d of %d: %+v, %v", child, position, len(want), v.Queue, err)
		}
	}
}
