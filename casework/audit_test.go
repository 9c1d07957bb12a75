package casework

import (
	"testing"
)

// audit runs an audit over the rig's database as it is.
func (r *rig) audit() AuditReport {
	r.t.Helper()
	rep, err := Audit(r.t.Context(), r.auditConfig())
	if err != nil {
		r.t.Fatal(err)
	}
	return rep
}

func (r *rig) auditConfig() AuditConfig {
	return AuditConfig{
		Store: r.db, VerifierKey: r.cfg.VerifierKey, Policy: r.cfg.Policy, DataKey: r.cfg.DataKey, BasePack: r.cfg.BasePack,
		Parse: r.cfg.Parse, Computations: r.cfg.Computations, Attachments: r.cfg.Attachments,
	}
}

func TestAuditOfASoundLog(t *testing.T) {
	r := newRig(t)
	if err := r.KeepPack(t.Context(), r.files); err != nil {
		t.Fatal(err)
	}
	r.keepNetwork()
	ref := r.toConditions(holder, plot, 150)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	if _, err := r.PublishCapacity(t.Context()); err != nil {
		t.Fatal(err)
	}
	rep := r.audit()
	if !rep.OK || rep.Rulings != 1 || rep.Checked != r.size() {
		t.Errorf("audit %+v of a log of %d", rep, r.size())
	}
}

func (r *rig) size() int64 {
	h, err := r.Head(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return h.Size
}
