package casework

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/attachment/media"
	"aiqyn/evidence"
)

// readFile opens one file of a case to whoever may read it, for a purpose.
type readFile struct {
	onCase
	ReadFile
}

func (c *readFile) decide(t *turn) error {
	s := t.rec.state
	own := s.isOf(c.actor)
	switch {
	case !own && !worksOn(t.rec, c.actor) && !s.inTheClear(c.actor.Officer, t.now):
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case s.Files[c.Hash].Hash == "":
		return aiqyn.E(aiqyn.NotFound, "error.attachment-missing")
	case own:
		c.Purpose = ""
	case !slices.Contains(Purposes, c.Purpose):
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("purpose")
	}
	if !own {
		if err := t.ownCase(c.actor); err != nil {
			return err
		}
	}
	t.emit(EventFileRead, c.actor, &fileRead{Hash: c.Hash, Purpose: c.Purpose, Until: t.now.Add(fileLife)}, atStep(s.Step))
	return nil
}

// reader names who reads a file: an officer, or the person whose case it is; who
// acts for them is let read for themselves.
func reader(a aiqyn.Actor) string {
	return cmp.Or(string(a.Officer), "person:"+string(a.Desk()))
}

func (s *State) applyFileRead(ev *event, d *fileRead) {
	f, ok := s.Files[d.Hash]
	if !ok {
		return
	}
	f.Opens = changed(f.Opens)
	f.Opens[reader(ev.actor)] = d.Until
	s.Files = changed(s.Files)
	s.Files[d.Hash] = f
}

// OpenedFile is a file that somebody may read now. It must be closed.
type OpenedFile struct {
	Type media.Type
	file *attachment.File
	info media.Info
}

// Strip writes the file as others are shown it: without what its camera said.
func (f *OpenedFile) Strip(w io.Writer) error { return media.Strip(w, f.file, f.info) }

// Close closes it.
func (f *OpenedFile) Close() error { return f.file.Close() }

// OpenFile opens a file of a case that the viewer has been let read by a
// [ReadFile] a short while ago.
func (e *Engine) OpenFile(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, hash string) (*OpenedFile, error) {
	c := onCase{cid: "-", actor: viewer, ref: ref}
	if err := e.looks(ctx, viewer); err != nil {
		return nil, err
	}
	rec, err := c.find(ctx, e)
	if err != nil {
		return nil, err
	}
	kept, ok := rec.state.Files[hash]
	if !ok || !e.Clock().Before(kept.Opens[reader(viewer)]) {
		return nil, aiqyn.E(aiqyn.NotFound, "error.attachment-closed")
	}
	if e.Attachments == nil {
		return nil, aiqyn.E(aiqyn.Unavailable, "error.attachment-disk")
	}
	if err := e.lookedBy(ctx, viewer, rec, LookFile); err != nil {
		return nil, err
	}
	f, err := e.Attachments.Open(rec.key.files(rec.row.No), hash)
	if err != nil {
		return nil, err
	}
	var n fileNotes
	if err := f.Notes(&n); err != nil {
		f.Close()
		return nil, err
	}
	return &OpenedFile{Type: n.Info.Type, file: f, info: n.Info}, nil
}

// FileShown is a file of a case, without the file itself. What its camera says
// is shown to those who work on the case.
type FileShown struct {
	Hash, Kind    string
	Step          aiqyn.StepID
	Entry         int64
	Type          media.Type
	Size          int64
	Width, Height int
	Taken, Model  string
	Place         *evidence.Point
	Open          bool              // to the viewer, now
	Alike         []aiqyn.Reference // other cases with the same photograph, for those who watch
}

// files lists the files of a case in the order of their acts.
func (v *viewing) files(ctx context.Context) ([]FileShown, error) {
	var list []FileShown
	for _, f := range v.rec.state.Files {
		shown := FileShown{
			Hash: f.Hash, Kind: f.Kind, Step: f.Step, Entry: f.Entry, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height,
			Open: v.now.Before(f.Opens[reader(v.viewer)]),
		}
		if v.sight >= seesWork {
			shown.Taken, shown.Model, shown.Place = f.Taken, f.Model, f.Place
		}
		if v.viewer.Role == aiqyn.RoleOverseer || v.viewer.Role == aiqyn.RoleAuditor || v.viewer.Role == aiqyn.RoleSystem {
			var err error
			if shown.Alike, err = v.e.alike(ctx, v.rec.row.No, f.Likeness); err != nil {
				return nil, err
			}
		}
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b FileShown) int { return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Hash, b.Hash)) })
	return list, nil
}

// alike finds other cases that hold the same photograph, as far as likeness tells.
func (e *Engine) alike(ctx context.Context, no int64, likeness string) ([]aiqyn.Reference, error) {
	bands, ok := e.keys.bands(likeness)
	if !ok {
		return nil, nil
	}
	mine, err := strconv.ParseUint(likeness, 16, 64)
	if err != nil {
		return nil, err
	}
	numbers, err := e.Store.CasesAlike(ctx, bands, no, maxAlike)
	if err != nil {
		return nil, err
	}
	records, err := e.records(ctx, numbers)
	if err != nil {
		return nil, err
	}
	var list []aiqyn.Reference
	for _, other := range slices.Sorted(maps.Keys(records)) {
		for _, f := range records[other].state.Files {
			if n, err := strconv.ParseUint(f.Likeness, 16, 64); err == nil && media.Alike(mine, n) {
				list = append(list, records[other].state.Ref)
				break
			}
		}
	}
	return list, nil
}

// sweepFiles drops what was uploaded and never named, and what an erasure that
// was cut short left behind.
func (e *Engine) sweepFiles(ctx context.Context) error {
	before := time.Now().Add(-filesUnused) // files are stamped by the disk's clock, which nobody moves
	err := e.Attachments.Sweep(before, func(no int64) (attachment.Case, []string, bool, error) {
		records, err := e.records(ctx, []int64{no})
		if err != nil || records[no] == nil || records[no].key == nil {
			return attachment.Case{}, nil, false, err
		}
		return records[no].key.files(no), slices.Collect(maps.Keys(records[no].state.Files)), true, nil
	})
	if err != nil {
		return err
	}
	return e.leftFiles(ctx, e.Store.CasesByNo, func(no int64) error { return e.Attachments.Erase(no) })
}

// eraseFiles frees the disk of what nobody has the key of any more. If that
// fails, the sweep does it later.
func (e *Engine) eraseFiles(cases []int64) {
	if e.Attachments == nil {
		return
	}
	for _, no := range cases {
		if err := e.Attachments.Erase(no); err != nil {
			e.Log.Error("erase files", "case", no, "err", err)
		}
	}
}

// fileRead is that somebody has been let read a file, and what for; without a
// purpose, it is about themselves.
type fileRead struct {
	Hash    string    `json:"hash"`
	Purpose Purpose   `json:"purpose,omitempty"`
	Until   time.Time `json:"until"`
}
