package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// pages walks a list page by page.
func pages(t *testing.T, size int, next func(last *Case) ([]Case, error)) []int64 {
	t.Helper()
	var all []int64
	var last *Case
	for {
		page, err := next(last)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			all = append(all, page[i].No)
		}
		if len(page) < size {
			return all
		}
		last = &page[len(page)-1]
	}
}

// TestPageBorders: however long a page is, each row comes once and in order;
// many rows share a due time, which must not matter at a border.
func TestPageBorders(t *testing.T) { engines(t, testPageBorders) }

func testPageBorders(t *testing.T, url string) {
	db, _ := filled(t, url, 60)
	ctx := t.Context()
	lists := map[string]func(size int) []int64{
		"applicant": func(size int) []int64 {
			return pages(t, size, func(last *Case) ([]Case, error) {
				var before int64
				if last != nil {
					before = last.No
				}
				return db.CasesOfApplicant(ctx, []byte{1}, CaseFilter{}, before, size)
			})
		},
		"officer": func(size int) []int64 {
			return pages(t, size, func(last *Case) ([]Case, error) {
				if last == nil {
					return db.CasesOfOfficer(ctx, "o1", CaseFilter{}, time.Time{}, 0, size)
				}
				return db.CasesOfOfficer(ctx, "o1", CaseFilter{}, last.Due, last.No, size)
			})
		},
		"open": func(size int) []int64 {
			return pages(t, size, func(last *Case) ([]Case, error) {
				var after int64
				if last != nil {
					after = last.No
				}
				return db.OpenCases(ctx, after, size)
			})
		},
	}
	want := map[string]int{"applicant": 20, "officer": 30, "open": 60}
	for name, list := range lists {
		whole := list(1000)
		if len(whole) != want[name] {
			t.Errorf("%s: %d rows, want %d", name, len(whole), want[name])
		}
		for _, size := range []int{1, 2, 3, 4, 5, 7, len(whole) - 1, len(whole), len(whole) + 1} {
			if got := list(size); !slices.Equal(got, whole) {
				t.Errorf("%s by %d: %v, want %v", name, size, got, whole)
			}
		}
	}
}

// TestIteratorsLetGo: whoever leaves a list early gives its connection back.
func TestIteratorsLetGo(t *testing.T) { engines(t, testIteratorsLetGo) }

func testIteratorsLetGo(t *testing.T, url string) {
	db, _ := filled(t, url, 100)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for range 100 { // there are eight connections
		for range db.Entries(ctx, 0, 100) {
			break
		}
		for range db.EntriesByCase(ctx, 0, 100) {
			break
		}
		for range db.AllReservations(ctx) {
			break
		}
	}
	if open := db.read.Stats().InUse; open != 0 {
		t.Errorf("%d connections are still in use", open)
	}
	for e, err := range db.Entries(ctx, 90, 100) { // and one may read on while reading
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Entry(ctx, e.Index); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryQueryUsesAnIndex asks SQLite how it would find the rows of every
// statement of this package: none may read a large table from end to end.
func TestEveryQueryUsesAnIndex(t *testing.T) {
	db := fresh(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	large := regexp.MustCompile(`SCAN (entry|cases|outbox|letter_part|contact|tile|command|session|code|account|register_row|register_place|capacity|draft|reservation|cosigned|passkey|spent|account_act|mandate|mandate_case)\b`)
	whole := map[string]bool{ // these are read from end to end on purpose, in the order of their key or of an index
		`SELECT size, at, checkpoint FROM cosigned ORDER BY size`:                                  true,
		`SELECT case_no, share, place, amount, granted, expires FROM reservation ORDER BY case_no`: true,
		`DELETE FROM cosigned`:                                true,
		`SELECT COUNT(*) FROM entry WHERE kind = 'flip'`:      true, // an index that has these few and no others
		`SELECT id, account, sealed, made, used FROM passkey`: true, // an audit
		`SELECT mandate.entry, giver, holder, ends, sealed, wrapped FROM mandate LEFT JOIN account_act ON account_act.subject = giver AND account_act.entry = mandate.entry`: true, // the same
		`SELECT id, first, last FROM command ORDER BY id`:               true, // a rebuild
		`SELECT level, idx, length(data) FROM tile ORDER BY level, idx`: true, // the same
	}
	if plan, err := explain(db, registerRows(3)); err != nil || slices.ContainsFunc(plan, large.MatchString) {
		t.Errorf("rows of registers: %q, %v", plan, err)
	}
	if plan, err := explain(db, registerRowsAt(3)); err != nil || slices.ContainsFunc(plan, large.MatchString) || !slices.ContainsFunc(plan, func(s string) bool { return strings.Contains(s, "cell>? AND cell<?") }) || !strings.Contains(registerRowsAt(3), fmt.Sprint(" LIMIT ", mostPlaced, ")")) {
		t.Errorf("rows of registers by place: %q, %v", plan, err)
	}
	explained := 0
	for _, s := range statements(t) {
		if strings.HasPrefix(s.text, "PRAGMA") || strings.HasPrefix(s.text, "VACUUM") || whole[s.text] {
			continue
		}
		plan, err := explain(db, s.text)
		if err != nil {
			continue // not a statement of its own
		}
		explained++
		for _, step := range plan {
			switch {
			case large.MatchString(step) && !allowed(s.text, step):
				t.Errorf("%s\n%s\n%s", s.at, s.text, step)
			case strings.Contains(s.text, "FROM cases JOIN entry"): // sorts what happened in one person's own cases
			case strings.Contains(step, "TEMP B-TREE") && strings.Contains(s.text, "FROM cases"):
				t.Errorf("%s: sorts cases\n%s", s.at, s.text)
			}
		}
	}
	if explained < 60 {
		t.Errorf("only %d statements were explained", explained)
	}
}

// allowed are scans that an index bounds, or that begin a process only.
func allowed(query, step string) bool {
	return strings.Contains(step, "USING COVERING INDEX cases_of_officer") || // counts desks: as long as there are open steps
		strings.Contains(step, "USING INDEX cases_to_wake") || strings.Contains(step, "USING INDEX outbox_due") || strings.Contains(step, "INDEX outbox_dead") || // in order, to the limit
		strings.Contains(query, "ORDER BY size DESC LIMIT 1") || // the last one
		strings.Contains(query, "FROM reservation") || strings.Contains(query, "UPDATE reservation") // once per start, and as many as grants
}

func explain(db *DB, query string) ([]string, error) {
	binds := len(regexp.MustCompile(`\$\d+`).FindAllString(query, -1))
	for n := binds; n >= 0; n-- {
		args := make([]any, n)
		for i := range args {
			args[i] = 0
		}
		rows, err := db.read.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			continue
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				rows.Close()
				return nil, err
			}
			plan = append(plan, detail)
		}
		rows.Close()
		return plan, rows.Err()
	}
	return nil, sql.ErrNoRows
}

// TestCodesSessionsDrafts walks the paths of people's rows.
func TestCodesSessionsDrafts(t *testing.T) { engines(t, testCodesSessionsDrafts) }

func testCodesSessionsDrafts(t *testing.T, url string) {
	db := fresh(t, url)
	ctx, phone := t.Context(), []byte("p")
	limits := CodeLimits{Every: time.Second, PerHour: 2, PerDay: 3}
	for i, step := range []struct{ at, wait time.Duration }{
		{0, 0}, {time.Second - time.Microsecond, time.Microsecond}, {time.Second, 0}, {time.Minute, 59 * time.Minute},
		{2 * time.Hour, 0}, {4 * time.Hour, 20 * time.Hour}, {24*time.Hour + time.Second, 0},
	} {
		code := Code{Attempt: fmt.Append(nil, i), Target: phone, Hash: []byte("h"), Expires: day0.Add(time.Hour), Sent: day0.Add(step.at)}
		if wait, err := db.PutCode(ctx, code, limits, nil, false); err != nil || wait != step.wait {
			t.Errorf("code %d: wait %v, want %v, %v", i, wait, step.wait, err)
		}
	}
	for want := int64(1); want < 4; want++ {
		if c, ok, err := db.TryCode(ctx, []byte("0")); err != nil || !ok || c.Tries != want {
			t.Errorf("try %d: %+v, %v, %v", want, c, ok, err)
		}
	}
	for _, want := range []bool{true, false} {
		if spent, err := db.SpendCode(ctx, []byte("0")); err != nil || spent != want {
			t.Error("spend", spent, err)
		}
	}
	for i := range 4 {
		at := day0.Add(time.Duration(i) * time.Minute)
		s := Session{Token: fmt.Append(nil, "t", i), ID: fmt.Sprint(i), Account: phone, Sealed: []byte("x"), Begun: at, Used: at, Expires: at.Add(time.Hour)}
		if err := db.StartSession(ctx, s, nil, 3); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := db.Sessions(ctx, phone, day0, day0.Add(-time.Hour), 10); err != nil || len(list) != 3 || list[0].ID != "3" {
		t.Errorf("the three newest: %+v, %v", list, err)
	}
	if changed, err := db.ChangeSession(ctx, []byte("t3"), []byte("t4"), []byte("y"), day0); err != nil || !changed {
		t.Error(changed, err)
	}
	if changed, err := db.ChangeSession(ctx, []byte("t3"), []byte("t5"), []byte("y"), day0); err != nil || changed {
		t.Error("a token changed twice: ", changed, err)
	}
	if err := db.DropExpired(ctx, day0.Add(time.Hour+3*time.Minute), day0); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := db.Session(ctx, []byte("t4"), day0, day0.Add(-time.Hour)); err != nil || ok {
		t.Errorf("a dropped session: %v, %v", ok, err)
	}
	for _, draft := range [][]byte{[]byte("a"), []byte("b"), nil} {
		if err := db.PutDraft(ctx, phone, "s", draft, day0); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Draft(ctx, phone, "s"); err != nil || !bytes.Equal(got, draft) {
			t.Errorf("draft %q, %v, want %q", got, err, draft)
		}
	}
}

// TestWhatFilingsRead: rows of registers in one query, and what there was before a new
// application in another.
func TestWhatFilingsRead(t *testing.T) { engines(t, testWhatFilingsRead) }

func testWhatFilingsRead(t *testing.T, url string) {
	db, _ := filled(t, url, 60)
	ctx := t.Context()
	if err := db.PutRegisterRows(ctx, []RegisterDoc{{"a", "1", []byte(`{"n":1}`), "v1", day0, nil}, {"a", "2", []byte(`{"n":2}`), "", day0, []int64{40}}, {"b", "1", []byte(`{"n":3}`), "v3", day0, []int64{3, 40, 41}}}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, keys := range [][][2]string{nil, {{"b", "1"}}, {{"b", "1"}, {"b", "2"}, {"a", "1"}, {"b", "1"}}} {
		list := make([]string, len(keys))
		err := db.RegisterRows(ctx, keys, func(i int, value []byte, version string, at time.Time) {
			list[i] = fmt.Sprint(string(value), version, at.Equal(day0))
		})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join(list, ","))
	}
	if want := []string{"", `{"n":3}v3true`, `{"n":3}v3true,,{"n":1}v1true,{"n":3}v3true`}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	readByPlace(t, db)
	for _, tt := range []struct {
		ref   string
		limit int
		same  int64
		about []int64
	}{{"R7", 3, 7, []int64{57, 52, 47}}, {"R999", 2, 0, []int64{57, 52}}} {
		same, about, err := db.FilingsBefore(ctx, tt.ref, []byte{2}, tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		nos := make([]int64, len(about))
		for i, f := range about {
			nos[i] = f.No
		}
		if (same == nil) != (tt.same == 0) || same != nil && (same.No != tt.same || string(same.Filing) != "x" || same.Applicant[0] != 1) || !slices.Equal(nos, tt.about) ||
			about[0].Status != "open" || about[0].Applicant[0] != 0 || !about[0].Filed.Equal(day0.Add(57*time.Second)) {
			t.Errorf("%s: %+v, %v %+v", tt.ref, same, nos, about[0])
		}
	}
}

// TestWhatIsNoTextIsNotThere: bytes that no text has are nobody's key, on either engine.
func TestWhatIsNoTextIsNotThere(t *testing.T) { engines(t, testWhatIsNoTextIsNotThere) }

func testWhatIsNoTextIsNotThere(t *testing.T, url string) {
	db, _ := filled(t, url, 3)
	for _, text := range []string{"R1\x00", "\xff", "R\xc3\x28"} {
		if _, found, err := db.CaseByRef(t.Context(), text); found || err != nil {
			t.Errorf("a case under %q: found %v, %v", text, found, err)
		}
		list, err := db.CasesOfApplicant(t.Context(), []byte{1}, CaseFilter{Service: text}, 0, 10)
		if len(list) > 0 || err != nil && aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("cases of the service %q: %d, %v", text, len(list), err)
		}
	}
	if _, found, err := db.CaseByRef(t.Context(), "R1"); !found || err != nil {
		t.Errorf("the case that is there: found %v, %v", found, err)
	}
}

// readByPlace reads rows by the cells in which they lie, and no more of them when they have
// moved.
func readByPlace(t *testing.T, db *DB) {
	t.Helper()
	at := func(register string, ranges ...[2]int64) (got []string) {
		t.Helper()
		if more, err := db.RegisterRowsAt(t.Context(), register, ranges, func(value []byte) { got = append(got, string(value)) }); err != nil || more {
			t.Fatal(more, err)
		}
		return got
	}
	one, three := []string{`{"n":2}`}, []string{`{"n":3}`, `{"n":3}`}
	for _, got := range []struct{ has, want []string }{
		{at("a"), nil}, {at("a", [2]int64{1, 39}), nil}, {at("a", [2]int64{1, 2}, [2]int64{40, 40}), one}, {at("b", [2]int64{4, 44}), three},
		{at("b", [2]int64{3, 3}, [2]int64{40, 40}), three}, {at("c", [2]int64{1, 99}), nil},
	} {
		if !slices.Equal(got.has, got.want) {
			t.Errorf("read %q, want %q", got.has, got.want)
		}
	}
	if last, err := db.PlacedLast(t.Context(), "a"); err != nil || last != "2" {
		t.Errorf("the last that lies anywhere is %q, %v", last, err)
	}
	docs, err := db.RegisterAfter(t.Context(), "a", "1", 9)
	if err != nil || len(docs) != 1 || docs[0].Key != "2" || !docs[0].At.Equal(day0) || string(docs[0].Value) != one[0] {
		t.Fatalf("%+v, %v", docs, err)
	}
	docs[0].Cells = []int64{7}
	if err := db.PutRegisterRows(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	if got := at("a", [2]int64{40, 40}); got != nil {
		t.Errorf("what has moved is still where it was: %q", got)
	}
	if got := at("a", [2]int64{7, 7}); !slices.Equal(got, one) {
		t.Errorf("and is not where it is: %q", got)
	}
}
