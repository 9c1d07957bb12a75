package casework

import (
	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/service"
)

// A reason for a dearer point that rests on somebody else's word – the ground's owner has
// not agreed, the city has closed the street, a plan was approved – is given with their
// letter, or not at all. It is uploaded to the case like a document of a survey and kept
// with its files; the flag names it by its hash, and the applicant reads it.

// letterField is where a form has the letter.
const letterField = "point-letter"

// attach puts the letter to the reason that rests on it.
func (d *decide) attach(flag *dearer) error {
	switch {
	case d.PointLetter == "":
		return aiqyn.E(aiqyn.Conflict, "error.point-letter").On(letterField)
	case !evidence.IsHash(d.PointLetter):
		return aiqyn.E(aiqyn.Invalid, "error.evidence-file", "kind", string(evidence.Document)).On(letterField)
	case d.unread != nil:
		return d.unread
	}
	flag.Letter, flag.File = d.PointLetter, d.letter
	return nil
}

// LetterFor is what may be sent as the letter of a reason: a document, or a photograph of
// one; nil where no reason of the step needs any.
func LetterFor(svc *service.Service, step *service.Step) *service.Evidence {
	if step == nil || !step.Decides || svc.Outcome.Other == nil || !svc.Outcome.Other.ByLetter() {
		return nil
	}
	return &service.Evidence{Kind: string(evidence.Document)}
}

// claimLetter finds the letter that a decision names, among what was uploaded to its case.
func (d *decide) claimLetter(e *Engine, rec *record) {
	if d.letter, d.unread = nil, nil; e.Attachments == nil || d.PointLetter == "" || !mayAct(rec, d.actor) {
		return
	}
	item := EvidenceItem{Kind: string(evidence.Document), Hash: d.PointLetter}
	file, err := e.claimed(rec.key.files(rec.row.No), item, FileLimits(service.Evidence{Kind: item.Kind}))
	if err != nil {
		d.unread = onKind(err, letterField)
		return
	}
	d.letter = &file
}

// files is the letter, if there is one that is kept.
func (d *dearer) files() []keptFile {
	if d.File == nil {
		return nil
	}
	return []keptFile{*d.File}
}

// files are those that an event names.
func (ev *event) files() []keptFile {
	switch d := ev.data.(type) {
	case *performed:
		return d.Files
	case *dearer:
		return d.files()
	}
	return nil
}

// lettered holds a reason to the letter that it rests on. That the file is there, and is
// what its hash says, is held with all files of the case.
func (c *caseAudit) lettered(ev *event, flag *dearer, reason service.OtherReason) {
	switch {
	case reason.Letter && flag.Letter == "":
		c.wrong(ev.index, "the reason for a dearer place rests on a letter, and none is attached")
	case !reason.Letter && (flag.Letter != "" || flag.File != nil):
		c.wrong(ev.index, "a letter is attached to a reason that rests on none")
	case flag.File != nil && flag.File.Hash != flag.Letter || flag.File == nil && flag.Letter != "" && c.Attachments != nil:
		c.wrong(ev.index, "the letter that is attached is not the one that is named")
	}
}
