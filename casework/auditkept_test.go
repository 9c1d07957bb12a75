package casework

import (
	"testing"

	"aiqyn"
)

// TestTheAuditOfWhatIsKept: what stands beside the log and decides what somebody may, or
// sees, is held to it and made again; and what cannot be read is named, with the entry that
// names it.
func TestTheAuditOfWhatIsKept(t *testing.T) {
	r := newRig(t)
	r.adopts()
	if err := r.KeepPack(t.Context(), r.files); err != nil {
		t.Fatal(err)
	}
	next := r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 3651")
	for _, by := range []aiqyn.OfficerID{"publisher-01", "publisher-02"} {
		r.must(Publish{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RolePublisher, Officer: by}, Files: next, From: r.today().AddDays(5), Signature: officerName(by)})
	}
	r.file(holder, plot, 20)
	if _, err := r.PublishCapacity(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.wantClean()
	for change, finds := range map[string]string{
		`UPDATE officer SET role = 'overseer' WHERE id = 'surveyor-01'`:           `officer surveyor-01 is on the list as "overseer" of "utility"`,
		`UPDATE officer SET body = 'appeals-council' WHERE id = 'engineer-01'`:    `officer engineer-01 is on the list as "engineer" of "appeals-council"`,
		`UPDATE snapshot SET added = 1000000 WHERE kind = 'capacity'`:             "is kept since 1970-01-01",
		`UPDATE snapshot SET added = added + 86400000000 WHERE kind = 'capacity'`: "is kept since",
	} {
		r.raw(change)
		r.finds(finds)
		if rep := r.rebuild(); rep.Differed != 1 || len(rep.Problems) != 0 {
			t.Errorf("%s, made again: %+v", change, rep)
		}
		r.open()
		r.wantClean()
	}
	for _, kind := range []string{costsKind, placesKind, packKind} {
		r.cannotRead(kind)
	}
	r.raw(`INSERT INTO snapshot (hash, kind, data, added) VALUES ('0a', 'upgrades', $1, 0)`, []byte("{"))
	r.finds("upgrades 0a is kept and cannot be read")
	r.raw(`DELETE FROM snapshot WHERE hash = '0a'`)
	r.raw(`UPDATE snapshot SET kind = 'strange' WHERE kind = 'pack'`)
	r.finds(", which it publishes, is not here")
	r.raw(`UPDATE snapshot SET kind = 'pack' WHERE kind = 'strange'`)
	r.wantClean()
}

// cannotRead has no file of a kind say anything for as long as an audit takes.
func (r *rig) cannotRead(kind string) {
	r.t.Helper()
	list, err := r.db.Snapshots(r.t.Context(), kind)
	if err != nil || len(list) == 0 {
		r.t.Fatal(kind, list, err)
	}
	for i, s := range list {
		if list[i].Data, err = r.db.Snapshot(r.t.Context(), s.Hash); err != nil {
			r.t.Fatal(err)
		}
	}
	r.raw(`UPDATE snapshot SET data = $1 WHERE kind = $2`, []byte("{"), kind)
	r.finds(kind + " " + list[len(list)-1].Hash + ", which it names, cannot be read")
	for _, s := range list {
		r.raw(`UPDATE snapshot SET data = $1 WHERE hash = $2`, s.Data, s.Hash)
	}
	r.wantClean()
}

// TestALogWithoutAHead: it is named as one, by the audit and by a rebuild.
func TestALogWithoutAHead(t *testing.T) {
	r := newRig(t)
	r.raw(`DELETE FROM head`)
	if rep := r.audit(); rep.OK || len(rep.Problems) != 1 || rep.Problems[0] != headless() {
		t.Errorf("an audit finds %+v", rep)
	}
	if rep, err := r.tryRebuild(t.Context(), nil); err != nil || rep.OK || len(rep.Problems) != 1 || rep.Problems[0] != headless() {
		t.Errorf("a rebuild finds %+v, %v", rep, err)
	}
}
