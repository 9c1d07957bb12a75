package casework

import (
	"context"
	"testing"

	"aiqyn"
	"aiqyn/registry"
)

// goes counts how often registers are asked.
type goes struct {
	registry.Register
	n int
}

func (g *goes) Read(ctx context.Context, q registry.Query) (registry.Reading, error) {
	g.n++
	return g.Register.Read(ctx, q)
}

func (g *goes) ReadAll(ctx context.Context, list []registry.Query) ([]registry.Reading, error) {
	g.n++
	return registry.ReadAll(ctx, g.Register, list)
}

// TestAFilingAsksOnce: whatever a service looks up and where to tell the applicant is
// asked in one go.
func TestAFilingAsksOnce(t *testing.T) {
	var asked *goes
	r := newRig(t, func(c *Config) {
		asked = &goes{Register: c.Registers}
		c.Registers = asked
	})
	asked.n = 0
	ref := r.file(holder, plot, 5)
	if asked.n != 1 {
		t.Errorf("registers were asked %d times", asked.n)
	}
	if v := r.view(ref); len(v.Facts) < 2 {
		t.Errorf("%d facts were looked up", len(v.Facts))
	}
	asked.n = 0
	r.must(File{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}})
	if asked.n != 1 {
		t.Errorf("for a certificate registers were asked %d times", asked.n)
	}
}
