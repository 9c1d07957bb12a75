package casework

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/attachment/media"
	"aiqyn/evidence"
	"aiqyn/service"
	"aiqyn/store"
)

// Files that belong to cases: an officer uploads what a step asks for, and the
// act that ends the step names the files by their hashes. Until then nobody but
// they can do anything with it, and what no act names is swept away. What a file
// is, and what its camera says, is recorded with the act; whoever reads the file
// later is recorded too, and shown it without what the camera said.

// Scanner looks for what must not be passed on. A finding is its name, "" says
// that there is none; an error that nobody knows.
type Scanner interface {
	Scan(ctx context.Context, file io.Reader) (finding string, err error)
}

// Limits of files that a pack does not narrow.
const (
	photoBytes    = 20 << 20
	documentBytes = 50 << 20
	fileLife      = 15 * time.Minute   // how long one purpose opens one file
	filesUnused   = 7 * 24 * time.Hour // after which what no act names is swept away
	maxAlike      = 100                // cases that are looked at for one photograph
)

// keptFile is a file as the act says that names it.
type keptFile struct {
	Hash     string          `json:"hash"`
	Height   int             `json:"height,omitempty"`
	Kind     string          `json:"kind"`               // photo or document
	Likeness string          `json:"likeness,omitempty"` // of a picture, 16 hex digits
	Model    string          `json:"model,omitempty"`    // the camera says, as of the next
	Place    *evidence.Point `json:"place,omitempty"`
	Size     int64           `json:"size"`
	Taken    string          `json:"taken,omitempty"`
	Type     media.Type      `json:"type"`
	Width    int             `json:"width,omitempty"`
}

// fileState is a file in the state of a case.
type fileState struct {
	keptFile
	Step  aiqyn.StepID         `json:"step"`
	Entry int64                `json:"entry"`
	Opens map[string]time.Time `json:"opens,omitempty"` // until when, by who reads it
}

// fileNotes are kept with a file: who sent it, and what was found out.
type fileNotes struct {
	By   aiqyn.OfficerID `json:"by"`
	Kind string          `json:"kind"`
	Info media.Info      `json:"info"`
}

// files is the case as the keeper of files knows it.
func (k *caseKey) files(no int64) attachment.Case {
	return attachment.Case{No: no, Key: derive(k.raw, "aiqyn/attachment")}
}

// isFile reports whether a kind of evidence is a file.
func isFile(kind string) bool {
	return kind == string(evidence.Photo) || kind == string(evidence.Document)
}

// FileLimits are what a piece of evidence may be: as the pack says, and as far
// as it does not, a photograph that any telephone takes or a plan.
func FileLimits(e service.Evidence) media.Limits {
	l := media.Limits{Bytes: int64(e.Megabytes) << 20, Pixels: int64(e.Megapixels) * 1_000_000}
	for _, t := range e.Types {
		l.Types = append(l.Types, media.Type(t))
	}
	switch e.Kind {
	case string(evidence.Photo):
		l.Bytes = orDefault(l.Bytes, photoBytes)
		if l.Types == nil {
			l.Types = []media.Type{media.JPEG, media.PNG}
		}
	default:
		l.Bytes = orDefault(l.Bytes, documentBytes)
		if l.Types == nil {
			l.Types = media.Types
		}
	}
	return l
}

func orDefault(n, otherwise int64) int64 {
	if n == 0 {
		return otherwise
	}
	return n
}

// FileFor says what a file is uploaded for: a kind of evidence of the open step
// of a case, by the officer whose step it is.
type FileFor struct {
	Actor aiqyn.Actor
	Ref   aiqyn.Reference
	Step  aiqyn.StepID
	Kind  string
}

// KeepsFiles reports whether files themselves are kept here, and not only their
// fingerprints.
func (e *Engine) KeepsFiles() bool { return e.Attachments != nil }

// receiving is a case that may take a file now.
type receiving struct {
	FileFor
	at     attachment.Case
	limits media.Limits
}

// receive checks that a case takes such a file from the actor now.
func (e *Engine) receive(ctx context.Context, f FileFor) (*receiving, error) {
	if e.Attachments == nil {
		return nil, aiqyn.E(aiqyn.Conflict, "error.attachment-none")
	}
	c := onCase{cid: "-", actor: f.Actor, ref: f.Ref}
	rec, err := c.find(ctx, e)
	if err != nil {
		return nil, err
	}
	s := rec.state
	if s.Step == "" || s.Step != f.Step || s.Held || s.standing() || !mayAct(rec, f.Actor) {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.not-drawn")
	}
	svc, err := e.packs.service(s.Pack, s.Service)
	if err != nil {
		return nil, err
	}
	step := findStep(svc, f.Step)
	if step == nil || !isFile(f.Kind) {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	takes := LetterFor(svc, step)
	if i := slices.IndexFunc(step.Evidence, func(e service.Evidence) bool { return e.Kind == f.Kind }); i >= 0 {
		takes = &step.Evidence[i]
	}
	if takes == nil || takes.Kind != f.Kind {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return &receiving{FileFor: f, at: rec.key.files(rec.row.No), limits: FileLimits(*takes)}, nil
}

func (r *receiving) upload() attachment.Upload {
	return attachment.Upload{Owner: string(r.Actor.Officer), Use: string(r.Step) + "/" + r.Kind}
}

// owns refuses an upload that somebody else began, or for something else.
func (r *receiving) owns(u attachment.Upload) error {
	if mine := r.upload(); u.Owner != mine.Owner || u.Use != mine.Use {
		return aiqyn.E(aiqyn.NotFound, "error.attachment-gone")
	}
	return nil
}

// PutFile takes a whole file in one go and returns its hash.
func (e *Engine) PutFile(ctx context.Context, f FileFor, from io.Reader) (hash string, err error) {
	r, err := e.receive(ctx, f)
	if err != nil {
		return "", err
	}
	kept, err := e.Attachments.Put(ctx, r.at, r.upload(), r.limits.Bytes, from, e.looked(r))
	return kept.Hash, onKind(err, f.Kind)
}

// BeginFile begins an upload that may break off and go on.
func (e *Engine) BeginFile(ctx context.Context, f FileFor, length int64) (attachment.Upload, error) {
	r, err := e.receive(ctx, f)
	if err != nil {
		return attachment.Upload{}, err
	}
	if length > r.limits.Bytes {
		return attachment.Upload{}, aiqyn.E(aiqyn.TooLarge, "error.attachment-too-large", "limit", r.limits.Bytes>>20).On(f.Kind)
	}
	u := r.upload()
	u.Length, u.Started = length, e.Clock().UTC()
	u, err = e.Attachments.Begin(r.at, u)
	return u, onKind(err, f.Kind)
}

// FindFile says how far an upload has come.
func (e *Engine) FindFile(ctx context.Context, f FileFor, id string) (attachment.Upload, error) {
	r, err := e.receive(ctx, f)
	if err != nil {
		return attachment.Upload{}, err
	}
	u, err := e.Attachments.Find(ctx, r.at, id)
	if err == nil {
		err = r.owns(u)
	}
	return u, err
}

// AppendFile adds to an upload. Once it is whole it is checked and kept, and the
// hash is returned. Interrupt makes a reading of from end at once.
func (e *Engine) AppendFile(ctx context.Context, f FileFor, id string, offset int64, from io.Reader, interrupt func()) (at int64, hash string, err error) {
	r, err := e.receive(ctx, f)
	if err != nil {
		return 0, "", err
	}
	u, err := e.Attachments.Find(ctx, r.at, id)
	if err == nil {
		err = r.owns(u)
	}
	if err != nil {
		return 0, "", err
	}
	at, err = e.Attachments.Append(ctx, r.at, id, offset, from, interrupt)
	if err != nil || at < u.Length {
		return at, "", err
	}
	kept, err := e.Attachments.Finish(ctx, r.at, id, e.looked(r))
	return at, kept.Hash, onKind(err, f.Kind)
}

// CancelFile drops an upload.
func (e *Engine) CancelFile(ctx context.Context, f FileFor, id string) error {
	r, err := e.receive(ctx, f)
	if err != nil {
		return err
	}
	u, err := e.Attachments.Find(ctx, r.at, id)
	if err == nil {
		err = r.owns(u)
	}
	if err != nil {
		return err
	}
	return e.Attachments.Cancel(ctx, r.at, id)
}

// onKind says which piece of evidence a refusal is about.
func onKind(err error, kind string) error {
	var own *aiqyn.Error
	if errors.As(err, &own) && own.Field == "" {
		own.Field = kind
	}
	return err
}

// looked is the check of a file that is uploaded for something.
func (e *Engine) looked(r *receiving) attachment.Check {
	return func(ctx context.Context, f *attachment.File) (any, error) {
		info, err := media.Inspect(f, f.Size(), r.limits)
		if err != nil {
			return nil, err
		}
		if info.Likeness, err = e.likeness(ctx, f, info); err != nil {
			return nil, err
		}
		if err := e.scanned(ctx, f); err != nil {
			return nil, err
		}
		return fileNotes{By: r.Actor.Officer, Kind: r.Kind, Info: info}, nil
	}
}

// likeness decodes a picture; one at a time, for each takes memory.
func (e *Engine) likeness(ctx context.Context, f *attachment.File, info media.Info) (uint64, error) {
	if info.Type == media.PDF {
		return 0, nil
	}
	select {
	case e.decoding <- struct{}{}:
		defer func() { <-e.decoding }()
	case <-ctx.Done():
		return 0, aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(ctx.Err())
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return media.Likeness(f, info)
}

// scanned has a file scanned, where a scanner is set.
func (e *Engine) scanned(ctx context.Context, f *attachment.File) error {
	if e.Scanner == nil {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	finding, err := e.Scanner.Scan(ctx, f)
	switch {
	case err != nil:
		return aiqyn.E(aiqyn.Unavailable, "error.attachment-scan").Because(err)
	case finding != "":
		return aiqyn.E(aiqyn.Invalid, "error.attachment-infected").Because(errors.New(finding))
	}
	return nil
}

// claim finds the files that an act names, and says what they are. They were
// uploaded to this very case, for evidence of this kind.
func (e *Engine) claim(rec *record, step *service.Step, items []EvidenceItem) ([]keptFile, error) {
	if e.Attachments == nil || step == nil {
		return nil, nil
	}
	var list []keptFile
	for _, item := range items {
		if !isFile(item.Kind) || slices.ContainsFunc(list, func(f keptFile) bool { return f.Hash == item.Hash }) {
			continue
		}
		i := slices.IndexFunc(step.Evidence, func(e service.Evidence) bool { return e.Kind == item.Kind })
		if i < 0 {
			continue // not asked for: the evidence says so
		}
		file, err := e.claimed(rec.key.files(rec.row.No), item, FileLimits(step.Evidence[i]))
		if err != nil {
			return nil, onKind(err, item.Kind)
		}
		list = append(list, file)
	}
	return list, nil
}

func (e *Engine) claimed(c attachment.Case, item EvidenceItem, limits media.Limits) (keptFile, error) {
	f, err := e.Attachments.Claim(c, item.Hash)
	if err != nil {
		return keptFile{}, err
	}
	defer f.Close()
	var n fileNotes
	if err := f.Notes(&n); err != nil {
		return keptFile{}, err
	}
	if err := limits.Take(n.Info, f.Size()); err != nil {
		return keptFile{}, err
	}
	k := keptFile{
		Hash: item.Hash, Kind: item.Kind, Size: f.Size(), Type: n.Info.Type, Width: n.Info.Width, Height: n.Info.Height,
		Model: n.Info.Camera.Model, Place: n.Info.Camera.Place, Taken: n.Info.Camera.Taken,
	}
	if n.Info.Likeness != 0 {
		k.Likeness = fmt.Sprintf("%016x", n.Info.Likeness)
	}
	return k, nil
}

// bands are what a photograph is found again by: keyed hashes of the quarters of
// its likeness.
func (k *keyring) bands(likeness string) (bands [4][]byte, ok bool) {
	n, err := strconv.ParseUint(likeness, 16, 64)
	if err != nil || n == 0 {
		return bands, false
	}
	for i, band := range media.Bands(n) {
		bands[i] = k.hash("likeness", strconv.FormatUint(uint64(band), 16))
	}
	return bands, true
}

// likened gathers what the act's pictures are found by later.
func (t *turn) likened(files []keptFile) {
	t.likenesses = append(t.likenesses, t.e.keys.likenesses(t.rec.state.No, files)...)
}

// likenesses are the rows by which the pictures of a case are found again.
func (k *keyring) likenesses(no int64, files []keptFile) (list []store.Likeness) {
	for _, f := range files {
		bands, ok := k.bands(f.Likeness)
		if !ok {
			continue
		}
		for _, band := range bands {
			list = append(list, store.Likeness{Band: band, Case: no})
		}
	}
	return list
}

func (s *State) applyFiles(ev *event, step aiqyn.StepID, files []keptFile) {
	if len(files) == 0 {
		return
	}
	s.Files = changed(s.Files)
	for _, f := range files {
		s.Files[f.Hash] = fileState{keptFile: f, Step: step, Entry: ev.index}
	}
}
