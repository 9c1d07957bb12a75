package rule

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
)

// connection is the variables of the connection to the grid.
var connection = map[string]Type{
	"load": Int, "category": String, "temporary": Bool, "applicant": String,
	"rights": Any, "points": Any, "tags": List, "answers": Map, "now": Time, "today": String,
}

func given() map[string]any {
	return map[string]any{
		"load": int64(150), "category": "II", "temporary": false, "applicant": "800101300123",
		"rights": map[string]any{
			"holders": []any{"900202400124", "800101300123"}, "area": int64(812), "since": "2019-04-01",
			"shares": []any{
				map[string]any{"person": "900202400124", "percent": int64(40)},
				map[string]any{"person": "800101300123", "percent": int64(60)},
			},
		},
		"points":  map[string]any{"feasible": []any{}, "certified": true, "best": map[string]any{"id": "TP-17", "free": int64(90)}},
		"tags":    []any{"rural"},
		"answers": map[string]any{"voltage": int64(400)},
		"now":     time.Date(2026, 5, 9, 12, 0, 0, 0, time.UTC),
		"today":   "2026-05-09",
	}
}

func grid(t testing.TB) *Env {
	t.Helper()
	e, err := NewEnv(connection)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func compile(t testing.TB, expr string) *Program {
	t.Helper()
	p, err := grid(t).Compile(expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return p
}

func TestEval(t *testing.T) {
	e := grid(t)
	for expr, want := range map[string]bool{
		"load <= 200":                      true,
		"!(applicant in rights.holders)":   false,
		"points.feasible.size() == 0":      true,
		"size(points.feasible) > 0":        false,
		"points.certified":                 true,
		"load > 200 || category == 'II'":   true,
		"load > 200 && category == 'II'":   false,
		"temporary ? load < 50 : load > 5": true,
		"rights.shares.exists(s, s.person == applicant && s.percent >= 50)": true,
		"rights.shares.all(s, s.percent > 50)":                              false,
		"rights.shares.exists_one(s, s.percent == 40)":                      true,
		"rights.shares.filter(s, s.percent > 50).size() == 1":               true,
		"rights.shares.map(s, s.percent) == [40, 60]":                       true,
		"has(rights.since) && !has(rights.until)":                           true,
		"rights.since < '2020-01-01' && today >= '2026-05-09'":              true,
		"now > timestamp('2026-05-01T00:00:00+05:00')":                      true,
		"now - timestamp('2026-05-01T00:00:00+05:00') < days(30)":           true,
		"now + days(1) > now":                                               true,
		"7 / 2 == 3 && 7 % 2 == 1 && -7 / 2 == -3":                          true,
		"answers['voltage'] == 400 && answers.voltage == 400":               true,
		"'rural' in tags":         true,
		"category in ['I', 'II']": true,
		"points.best.id.startsWith('TP') && points.best.id.contains('1')": true,
		"load in {150: true}":                                                          true,
		"rights.holders == ['900202400124', '800101300123']":                           true,
		"rights.shares.exists(s, rights.holders.exists(h, h == s.person && load > 1))": true,
	} {
		p, err := e.Compile(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, err := p.Eval(given()); err != nil || got != want {
			t.Errorf("%s: %v, %v", expr, got, err)
		}
		if trace, err := p.Explain(given()); err != nil || trace.Result != want {
			t.Errorf("%s: explained as %v, %v", expr, trace.Result, err)
		}
	}
}

func TestValue(t *testing.T) {
	e := grid(t)
	for expr, want := range map[string]any{
		"0":                                 int64(0),
		"load * 15000":                      int64(2_250_000),
		"load > 100 ? 500000 : 100000":      int64(500_000),
		"points.best.id":                    "TP-17",
		"points.certified":                  true,
		"null":                              nil,
		"rights.shares.map(s, s.percent)":   []any{int64(40), int64(60)},
		"{'a': [load]}":                     map[string]any{"a": []any{int64(150)}},
		"points.best":                       map[string]any{"id": "TP-17", "free": int64(90)},
		"days(2)":                           48 * time.Hour,
		"timestamp('2026-05-09T12:00:00Z')": time.Date(2026, 5, 9, 12, 0, 0, 0, time.UTC),
	} {
		p, err := e.CompileValue(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, err := p.Value(given()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v", expr, got, err)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	e := grid(t)
	for _, test := range []struct {
		expr   string
		line   int
		column int
		want   string
	}{
		{"load > 1.5", 1, 8, "is a fraction"},
		{"load > 100.0", 1, 8, "is a fraction"},
		{"load > 1e3", 1, 8, "is a fraction"},
		{"double(load) > double(1)", 1, 7, "makes fractions"},
		{"load > 5u", 1, 8, "unsigned"},
		{"category == b'x'", 1, 13, "bytes"},
		{"category.matches('I+')", 1, 17, "regular expressions"},
		{"lode > 200", 1, 1, "undeclared reference to 'lode'"},
		{"load > 200 &&\n  lode > 3", 2, 3, "undeclared reference"},
		{"load > 'many'", 1, 6, "no matching overload"},
		{"load", 1, 1, "a condition is true or false, this is a value of type int"},
		{"load >", 1, 7, "Syntax error"},
		{"  ", 1, 1, "the rule is empty"},
		{"", 1, 1, "the rule is empty"},
		{"uint(load) == 1", 1, 5, "undeclared reference"},
		{"string(load) == '1'", 1, 7, "undeclared reference"},
		{"type(load) == type(1)", 1, 5, "undeclared reference"},
		{"now.getFullYear() == 2026", 1, 16, "undeclared reference"},
		{"now > timestamp('yesterday')", 1, 17, "invalid timestamp"},
		{"tags.all(a, tags.all(b, tags.all(c, a == c)))", 1, 33, "nesting"},
		{"rights.holders.exists(a, a in rights.holders.map(b, rights.holders.filter(c, c == b)))", 1, 74, "nesting"},
		{strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), 1, 1, "recursion"},
		{strings.Repeat("load > 1 && ", 1000) + "true", 1, 1, "size exceeds"},
	} {
		_, err := e.Compile(test.expr)
		var at *CompileError
		if !errors.As(err, &at) {
			t.Errorf("%.60s: %v, want a CompileError", test.expr, err)
			continue
		}
		if !strings.Contains(strings.ToLower(at.Message), strings.ToLower(test.want)) {
			t.Errorf("%.60s: %q, want %q", test.expr, at.Message, test.want)
		}
		if len(test.expr) < 100 && (at.Line != test.line || at.Column != test.column) {
			t.Errorf("%s: line %d, column %d; want %d, %d", test.expr, at.Line, at.Column, test.line, test.column)
		}
	}
}

func TestNewEnvRefuses(t *testing.T) {
	for _, vars := range []map[string]Type{
		{"": Int}, {"in": Int}, {"a.b": Int}, {"1st": Int}, {"load-kw": Int}, {"load": "float"}, {"load": ""},
		{strings.Repeat("x", 65): Int},
	} {
		if _, err := NewEnv(vars); err == nil {
			t.Errorf("%v was taken", vars)
		}
	}
}

func TestEvalFails(t *testing.T) {
	e := grid(t)
	for expr, change := range map[string]func(map[string]any){
		"rights.nobody == 1":       nil,
		"load / (load - load) > 1": nil,
		"rights.area":              nil, // neither true nor false
		"rights.area > 1":          func(m map[string]any) { m["rights"] = map[string]any{"area": 1.5} },
		"load > 1":                 func(m map[string]any) { delete(m, "load") },
		"load > 2":                 func(m map[string]any) { m["load"] = 2.5 },
		"load > 3":                 func(m map[string]any) { m["load"] = struct{}{} },
		"load * load * load * load * load * load * load * load * load > 1": func(m map[string]any) { m["load"] = int64(1 << 20) },
	} {
		p, err := e.Compile(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		vars := given()
		if change != nil {
			change(vars)
		}
		_, err = p.Eval(vars)
		var e *aiqyn.Error
		if !errors.As(err, &e) || e.Key != "error.rule-failed" || e.Err == nil {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func TestCostIsBounded(t *testing.T) {
	p := compile(t, "rights.holders.all(a, rights.holders.exists(b, a == b))")
	vars := given()
	many := make([]any, 5_000)
	for i := range many {
		many[i] = fmt.Sprint("person-", i)
	}
	vars["rights"] = map[string]any{"holders": many}
	for name, run := range map[string]func() error{
		"eval":    func() error { _, err := p.Eval(vars); return err },
		"explain": func() error { _, err := p.Explain(vars); return err },
	} {
		var e *aiqyn.Error
		if err := run(); !errors.As(err, &e) || e.Key != "error.rule-costly" {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := strings.Repeat("rights.holders.all(a, rights.holders.exists(b, a == b)) && ", 20) + "true"
	var at *CompileError
	if _, err := grid(t).Compile(long); !errors.As(err, &at) || !strings.Contains(at.Message, "cost too much") {
		t.Errorf("twenty nested loops: %v", err)
	}
}

func TestUses(t *testing.T) {
	for expr, want := range map[string][]string{
		"load > 200":                                     {"load"},
		"!(applicant in rights.holders)":                 {"applicant", "rights.holders"},
		"points.best.free > load && points.certified":    {"load", "points.best", "points.certified"},
		"rights.shares.exists(s, s.person == applicant)": {"applicant", "rights.shares"},
		"tags.exists(rights, rights == category)":        {"category", "tags"},
		"has(rights.since)":                              {"rights.since"},
		"rights['since'] == today":                       {"rights", "today"},
		"{category: [load]}.size() == 1":                 {"category", "load"},
		"true":                                           {},
	} {
		if got := compile(t, expr).Uses(); !slices.Equal(got, want) {
			t.Errorf("%s uses %q, want %q", expr, got, want)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	e, vars := grid(t), given()
	p := compile(t, "rights.shares.exists(s, s.person == applicant) && load < 200")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				if ok, err := p.Eval(vars); !ok || err != nil {
					t.Error(ok, err)
				}
				if trace, err := p.Explain(vars); trace.Result != true || err != nil {
					t.Error(trace, err)
				}
			}
			if _, err := e.Compile("load > 1"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestType(t *testing.T) {
	for expr, want := range map[string]Type{
		"load * 15000": Int, "category": String, "load > 1": Bool, "tags": List, "{'a': 1}": Map, "now": Time,
		"points.best.id": Any, "days(1)": Any, "null": Any,
	} {
		p, err := grid(t).CompileValue(expr)
		if err != nil || p.Type() != want {
			t.Errorf("%s: %v, %v", expr, p.Type(), err)
		}
	}
}

// Names of types are free for variables, since rules cannot name types.
func TestVariablesMayBeCalledLikeTypes(t *testing.T) {
	e, err := NewEnv(map[string]Type{"int": Int, "map": Map, "size": Int, "days": Int})
	if err != nil {
		t.Fatal(err)
	}
	p, err := e.Compile("int == 1 && map.a == 2 && size < days && map.size() == 1")
	if err != nil {
		t.Fatal(err)
	}
	ok, err := p.Eval(map[string]any{"int": int64(1), "map": map[string]any{"a": int64(2)}, "size": int64(1), "days": int64(2)})
	if !ok || err != nil {
		t.Error(ok, err)
	}
	if !slices.Equal(e.Vars(), []string{"days", "int", "map", "size"}) {
		t.Error(e.Vars())
	}
}

func TestCompared(t *testing.T) {
	env, err := NewEnv(map[string]Type{"wood": String, "n": Int, "tree": Map})
	if err != nil {
		t.Fatal(err)
	}
	p, err := env.Compile(`n > 3 && (wood == "I" || "II" != wood) && !(wood in ["III", "IV"]) && tree.kind == "oak" && wood != tree.wood`)
	if err != nil {
		t.Fatal(err)
	}
	got := p.Compared()
	want := []Comparison{{"wood", "I"}, {"wood", "II"}, {"wood", "III"}, {"wood", "IV"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestFactsAreYielded: a fact that a rule yields is that fact, and a fraction in it is
// an error, however deep.
func TestFactsAreYielded(t *testing.T) {
	for _, expr := range []string{"points", "rights.shares", "points.best"} {
		got, err := compile(t, expr).Value(given())
		want := given()["points"]
		switch expr {
		case "rights.shares":
			want = given()["rights"].(map[string]any)["shares"]
		case "points.best":
			want = want.(map[string]any)["best"]
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", expr, got, err)
		}
	}
	vars := given()
	vars["points"].(map[string]any)["best"].(map[string]any)["free"] = 90.5
	if got, err := compile(t, "points").Value(vars); err == nil {
		t.Errorf("a fraction is yielded: %v", got)
	}
	vars["rights"] = map[string]any{"at": int(7), "names": []string{"a"}}
	got, err := compile(t, "rights").Value(vars)
	if want := map[string]any{"at": int64(7), "names": []any{"a"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}
