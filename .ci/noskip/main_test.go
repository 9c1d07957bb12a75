package main

import (
	"strings"
	"testing"
)

func TestVerdict(t *testing.T) {
	const ok = `{"Action":"pass","Package":"a","Test":"TestOne","Elapsed":0.1}` + "\n"
	cases := []struct {
		name, events, says string
		holds              bool
	}{
		{"all pass", ok + `{"Action":"pass","Package":"a","Elapsed":0.2}`, "1 passed, 0 failed, 0 skipped", true},
		{"one fails", ok + `{"Action":"output","Package":"a","Test":"TestTwo","Output":"    two_test.go:3: got 2\n"}
{"Action":"fail","Package":"a","Test":"TestTwo"}
{"Action":"fail","Package":"a"}`, "got 2", false},
		{"one is skipped", ok + `{"Action":"output","Package":"a","Test":"TestTwo","Output":"    two_test.go:3: no data\n"}
{"Action":"skip","Package":"a","Test":"TestTwo"}
{"Action":"pass","Package":"a"}`, "SKIPPED a TestTwo: two_test.go:3: no data", false},
		{"does not build", ok + `{"ImportPath":"b","Action":"build-output","Output":"b.go:1: undefined\n"}
{"Action":"fail","Package":"b","Elapsed":0}`, "1 packages failed as a whole", false},
		{"panics", ok + `{"Action":"output","Package":"b","Test":"TestTwo","Output":"panic: out of range\n"}
{"Action":"fail","Package":"b"}`, "panic: out of range", false},
		{"one is slow", ok + `{"Action":"pass","Package":"a","Test":"TestSlow/part","Elapsed":70}
{"Action":"pass","Package":"a","Test":"TestSlow","Elapsed":71}`, "slow a                        TestSlow                                     71.0 s\n3 passed", true},
		{"nothing ran", "", "no test ran", false},
		{"go complains", "go: no such module\n" + ok, "go: no such module", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := summary{strict: true}
			var out strings.Builder
			if err := s.read(strings.NewReader(c.events), &out); err != nil {
				t.Fatal(err)
			}
			if got := s.finish(&out); got != c.holds || !strings.Contains(out.String(), c.says) {
				t.Errorf("holds %v, want %v; want %q in:\n%s", got, c.holds, c.says, out.String())
			}
		})
	}
}

func TestSkipsAreForgivenOutsideCI(t *testing.T) {
	const events = `{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"skip","Package":"a","Test":"TestTwo"}`
	var s summary
	var out strings.Builder
	if err := s.read(strings.NewReader(events), &out); err != nil {
		t.Fatal(err)
	}
	if !s.finish(&out) || !strings.HasSuffix(out.String(), "\n1 passed, 0 failed, 1 skipped\n") {
		t.Errorf("want the skip to be told and forgiven:\n%s", out.String())
	}
}
