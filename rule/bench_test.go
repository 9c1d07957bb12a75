package rule

import (
	"errors"
	"testing"

	"aiqyn"
)

// five conditions of the kind that a service has.
var five = []string{
	"!(applicant in rights.holders)",
	"points.feasible.size() == 0 && points.best.free < load",
	"load > 200 && category == \"I\"",
	"rights.area < 100 || temporary",
	"load <= 200 && has(rights.since) && rights.since <= today",
}

func programs(b *testing.B) []*Program {
	list := make([]*Program, len(five))
	for i, expr := range five {
		list[i] = compile(b, expr)
	}
	return list
}

// BenchmarkEval is one condition at a time.
func BenchmarkEval(b *testing.B) {
	vars := given()
	for _, expr := range append([]string{"rights.shares.exists(s, s.person == applicant && s.percent > 50)"}, five...) {
		p := compile(b, expr)
		b.Run(expr, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Eval(vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEvalFive(b *testing.B) {
	list, vars := programs(b), given()
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range list {
			if _, err := p.Eval(vars); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkExplainFive(b *testing.B) {
	list, vars := programs(b), given()
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range list {
			if _, err := p.Explain(vars); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	e := grid(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Compile(five[1]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewEnv(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewEnv(connection); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormalise(b *testing.B) {
	v := any(given())
	b.ReportAllocs()
	for b.Loop() {
		Normalise(v)
	}
}

// FuzzRule: whatever is written as a rule, compiling and running it ends, and
// ends without panic; what Eval says, Explain says.
func FuzzRule(f *testing.F) {
	for _, expr := range five {
		f.Add(expr)
	}
	for _, expr := range []string{
		"rights.shares.all(s, s.percent > 1.5)", "tags.map(a, tags.map(b, a + b)).size() > 0", "1 / 0 == 1",
		"timestamp('x') > now", "days(999999999) > days(1)", "[1, 'a', null] == tags", "{1: 2}[1] == 2", "-(-9223372036854775807 - 1) > 0",
		"rights.?a.b", "a{b: c}", "\"\\u0000\" in tags", "tags[9223372036854775807] == 1", "has(rights.a.b.c)", "temporary ? load : tags",
	} {
		f.Add(expr)
	}
	e, vars := grid(f), given()
	f.Fuzz(func(t *testing.T, expr string) {
		p, err := e.CompileValue(expr)
		if err != nil {
			var at *CompileError
			if !errors.As(err, &at) {
				t.Fatalf("%q: %v is no CompileError", expr, err)
			}
			return
		}
		value, err := p.Value(vars)
		trace, explainErr := p.Explain(vars)
		if (err == nil) != (explainErr == nil) {
			t.Fatalf("%q: %v, explained with %v", expr, err, explainErr)
		}
		if err != nil && aiqyn.KindOf(err) != aiqyn.Internal {
			t.Fatalf("%q: %v", expr, err)
		}
		if yes, ok := value.(bool); ok && trace.Result != yes {
			t.Fatalf("%q is %v, explained as %v", expr, yes, trace.Result)
		}
	})
}
