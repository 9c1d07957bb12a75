package packs_test

import (
	"slices"
	"testing"

	"aiqyn/packs"
	"aiqyn/service"
)

const (
	builder = "900101750009"
	other   = "990731799995"
)

// facts are what the rules of energy.connection read, by default in favour of
// the builder.
func facts(s *service.Service) map[string]any {
	vars := s.Blank()
	vars[service.VarApplicant] = builder
	vars["load"] = int64(150)
	vars["place"] = map[string]any{"number": "99-999-001-001"}
	vars["rights"] = map[string]any{"holders": []any{
		map[string]any{"person": other, "share": "1/2"}, map[string]any{"person": builder, "share": "1/2"},
	}}
	vars["points"] = map[string]any{
		"certified": true, "feasible": []any{map[string]any{"id": "b7"}}, "best": map[string]any{"id": "b7"},
	}
	vars["sources"] = map[string]any{"sources": int64(2), "unknown": []any{}}
	vars["margin"] = map[string]any{"feasible": true, "best": map[string]any{"id": "b7"}, "unknown": []any{}}
	return vars
}

func TestReasonsToRefuseAConnection(t *testing.T) {
	p, err := service.ParsePack(packs.Kazakhstan())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := p.Service("energy.connection")
	nobody, owner := map[string]any{"parcel": ""}, map[string]any{"parcel": "99-999-009-001"}
	nowhere := map[string]any{"certified": true, "feasible": []any{}, "best": nil, "consent": nobody}
	never := map[string]any{"feasible": false, "best": nil, "unknown": []any{}}
	tests := []struct {
		name   string
		change func(vars map[string]any)
		want   []string
		onlyIf bool // of silence; reasons to refuse are tried before it
	}{
		{"all is well", func(map[string]any) {}, nil, true},
		{"parcel unknown", func(v map[string]any) {
			v["place"], v["rights"], v["points"], v["margin"] = map[string]any{}, map[string]any{}, nowhere, never
		}, []string{"parcel-unknown"}, false},
		{"nobody's parcel", func(v map[string]any) { v["rights"] = map[string]any{} }, []string{"no-right"}, true},
		{"somebody else's parcel", func(v map[string]any) {
			v["rights"] = map[string]any{"holders": []any{map[string]any{"person": other}}}
		}, []string{"no-right"}, true},
		{"no power", func(v map[string]any) { v["points"], v["margin"] = nowhere, never }, []string{"no-capacity"}, false},
		{"power below somebody's transformer alone", func(v map[string]any) {
			v["points"], v["margin"] = map[string]any{"certified": true, "feasible": []any{}, "best": nil, "consent": owner}, never
		}, []string{"no-consent"}, false},
		{"an owner who does not agree, and another point", func(v map[string]any) {
			v["points"].(map[string]any)["consent"] = owner
		}, nil, true},
		{"no power now, but it was published", func(v map[string]any) { v["points"] = nowhere }, nil, true},
		{"no power by what nobody has measured", func(v map[string]any) {
			v["points"], v["margin"] = nowhere, map[string]any{"feasible": false, "best": nil, "unknown": []any{int64(7)}}
		}, nil, false},
		{"safety, found by two", func(v map[string]any) { v["safety_stop"], v["safety_confirmed"] = "n-1", true }, []string{"safety-stop"}, true},
		{"safety, found by one", func(v map[string]any) { v["safety_stop"] = "n-1" }, nil, true},
		{"power not certain", func(v map[string]any) {
			v["points"], v["margin"] = map[string]any{"certified": false, "feasible": []any{}, "best": nil}, never
		}, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			vars := facts(s)
			tt.change(vars)
			var got []string
			for _, r := range s.Refuse {
				holds, err := r.When.Program.Eval(vars)
				if err != nil {
					t.Fatalf("%s: %v", r.Name, err)
				}
				if holds {
					got = append(got, r.Name)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("reasons %v, want %v", got, tt.want)
			}
			step, _ := s.Step("conditions")
			if grants, err := step.Silence.OnlyIf.Program.Eval(vars); err != nil || grants != tt.onlyIf {
				t.Errorf("only-if: %v, %v", grants, err)
			}
		})
	}
	if at, err := s.Outcome.AtProgram.Value(facts(s)); err != nil || at != "b7" {
		t.Errorf("power is taken at %v, %v", at, err)
	}
	if fee, err := s.Fee.Program.Value(facts(s)); err != nil || fee != int64(0) {
		t.Errorf("fee %v, %v", fee, err)
	}
}
