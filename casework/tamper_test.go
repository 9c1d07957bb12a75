package casework

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// tamperRig is a small world in which every kind of record is to be found: a
// certificate, a grant that holds power, one given back, a case before its
// draw, one in a hearing, one suspended, an erased one, two cosigned
// checkpoints and the publication of free power.
func tamperRig(t *testing.T) *rig {
	t.Helper()
	r, _ := watchedRig(t)
	r.shut()
	r.files = r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30")
	r.open()
	r.keepNetwork()
	r.seed()
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	settle := func() {
		t.Helper()
		if err := r.Cosign(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.pass(10 * time.Second)
	}
	bring := func(person aiqyn.PersonID, parcel string, kw int, toEngineer bool) aiqyn.Reference {
		t.Helper()
		ref := r.file(person, parcel, kw)
		settle()
		if toEngineer {
			r.survey(ref)
			settle()
		}
		return ref
	}
	decide := func(ref aiqyn.Reference, grant bool, reason string) {
		t.Helper()
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: grant, Reason: reason, Note: "seen"})
	}
	gone := bring(holder, "99-999-002-001", 7, false)
	r.must(Withdraw{ID: r.id(), Actor: me, Ref: gone})
	r.at(start.AddDate(0, 1, 1))
	for _, a := range []aiqyn.Actor{head, {Role: aiqyn.RoleCustodian, Officer: "custodian-01"}} {
		r.must(Erase{ID: r.id(), Actor: a, Ref: gone, Ground: "retention over"})
	}
	r.must(ack{Kind: "certificate", ID: r.id()}.command())
	decide(bring(holder, plot, 20, true), true, "")
	back := bring(holder, "99-999-002-002", 30, true)
	decide(back, true, "")
	r.must(Withdraw{ID: r.id(), Actor: me, Ref: back})
	decide(bring(stranger, "99-999-002-003", 9, true), false, "no-right")
	suspended := bring(holder, "99-999-002-004", 11, false)
	r.must(Suspend{ID: r.id(), Actor: r.officer(suspended), Ref: suspended, Reason: "site-closed"})
	r.must(Demanded{ID: r.id(), Actor: me, Certificate: "address", Body: "bank"})
	if _, err := r.PublishCapacity(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle()
	r.file(holder, "99-999-002-005", 12)
	r.wantClean()
	return r
}

// row is what tells the rows of a table apart, and how a problem names one.
var tampered = []struct {
	table, key string
	columns    []string
	names      func(key int64, p Problem) bool
}{
	{"entry", "idx", []string{"idx", "case_no", "seq", "kind", "recorded", "leaf", "fields", "sealed"}, func(key int64, p Problem) bool {
		return p.Where == fmt.Sprint("entry ", key)
	}},
	{"cases", "no", []string{"no", "ref", "service", "applicant", "object", "filing", "filed", "key", "status", "outcome", "body", "step",
		"officer", "due", "wake", "closed", "seq", "state"}, func(key int64, p Problem) bool {
		return strings.Contains(p.What, fmt.Sprint("case ", key))
	}},
	{"tile", "level", []string{"level", "idx", "data"}, func(_ int64, p Problem) bool { return strings.Contains(p.What, "tile ") }},
	{"head", "size", []string{"origin", "size", "root", "recorded", "checkpoint"}, func(int64, Problem) bool { return true }},
	{"cosigned", "size", []string{"size", "at", "checkpoint"}, func(_ int64, p Problem) bool { return strings.Contains(p.What, "witnesses cosigned") }},
	{"reservation", "case_no", []string{"case_no", "share", "place", "amount", "granted", "expires"}, func(key int64, p Problem) bool {
		return strings.Contains(p.What, fmt.Sprint("case ", key))
	}},
}

// TestEveryByteIsFound changes stored records byte by byte, each alone, and
// audits. The audit must find it and name the entry, case or tile. Of long
// values some bytes are tried, of short ones all. Not tried are head.fence,
// which counts how often the log was opened, and head.shard, whose change is
// a log that is not there.
func TestEveryByteIsFound(t *testing.T) {
	t.Parallel()
	r := tamperRig(t)
	r.Engine.Close()
	db := r.beside()
	random := rand.New(rand.NewPCG(1, 2))
	tried, every := 0, 2
	switch {
	case briefly:
		every = 16
	case os.Getenv("AIQYN_SOAK") != "":
		every = 1
	}
	for _, table := range tampered {
		for n, name := range table.columns {
			for i, key := range r.keysOf(t, db, table.table) {
				if (i+n)%every != 0 {
					continue
				}
				tried += r.tamper(db, random, table.table, table.key, name, key, table.names)
			}
		}
	}
	t.Logf("%d changes", tried)
	r.wantClean()
}

// keysOf lists the rows of a table by what the database itself tells them apart by.
func (r *rig) keysOf(t *testing.T, db *sql.DB, table string) []any {
	t.Helper()
	rows, err := db.Query("SELECT " + r.rowID() + " FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var keys []any
	for rows.Next() {
		var key any
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// rowID is what a database calls its own number of a row. A change may give the row another.
func (r *rig) rowID() string {
	if store.OnServer(r.url) {
		return "ctid"
	}
	return "rowid"
}

// tamper changes one value of one row in several ways, one after another.
func (r *rig) tamper(db *sql.DB, random *rand.Rand, table, key, name string, row any, names func(int64, Problem) bool) (tried int) {
	t := r.t
	t.Helper()
	var was any
	var number int64
	if err := db.QueryRow("SELECT "+name+", "+key+" FROM "+table+" WHERE "+r.rowID()+" = $1", row).Scan(&was, &number); err != nil {
		t.Fatal(err)
	}
	for _, now := range changes(random, was) {
		update := "UPDATE " + table + " SET " + name + " = $1 WHERE " + r.rowID() + " = $2 RETURNING " + r.rowID()
		if err := db.QueryRow(update, now, row).Scan(&row); err != nil {
			continue // the database itself refuses it: two rows of one number
		}
		tried++
		rep, err := Audit(t.Context(), r.auditConfig())
		found := err != nil && table == "head"
		for _, p := range rep.Problems {
			found = found || names(number, p)
		}
		if !found {
			t.Errorf("%s.%s of %d: %s instead of %s: %v, %+v", table, name, number, brief(now), brief(was), err, rep.Problems)
		}
		if err := db.QueryRow(update, was, row).Scan(&row); err != nil {
			t.Fatal(err)
		}
	}
	return tried
}

func brief(v any) string {
	s := fmt.Sprintf("%q", fmt.Sprint(v))
	return s[:min(len(s), 60)]
}

// changes are a value with one byte of it another. Text stays text.
func changes(random *rand.Rand, was any) []any {
	tries := 2
	if os.Getenv("AIQYN_SOAK") != "" {
		tries = 40
	}
	var out []any
	switch was := was.(type) {
	case int64:
		for range tries {
			out = append(out, was^int64(1+random.IntN(255))<<(8*random.IntN(7)))
		}
	case string:
		for _, b := range flipped(random, []byte(was), tries) {
			out = append(out, string(b))
		}
	case []byte:
		for _, b := range flipped(random, was, tries) {
			out = append(out, b)
		}
	}
	return out
}

func flipped(random *rand.Rand, was []byte, tries int) [][]byte {
	var out [][]byte
	for range min(tries, len(was)) {
		b := bytes.Clone(was)
		b[random.IntN(len(b))] ^= byte(1 + random.IntN(255))
		out = append(out, b)
	}
	return out
}
