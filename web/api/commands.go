package api

import (
	"net/http"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// command is a body that asks for a command.
type command interface{ of(v *visit.Visit) any }

type resultJSON struct {
	Ref   aiqyn.Reference `json:"ref"`
	First int64           `json:"first" doc:"The command's first entry in the log."`
	Last  int64           `json:"last"`
	Again bool            `json:"again" doc:"It had been carried out before: this is the first answer."`
}

// carryOut is the handler of a command.
func carryOut[In command](status int) visit.Handler {
	return func(v *visit.Visit) error {
		var in In
		if err := read(v, &in); err != nil {
			return err
		}
		r, err := v.Engine.Do(v.Context(), in.of(v))
		if err != nil {
			return err
		}
		return send(v, status, resultJSON{r.Ref, r.First, r.Last, r.Again})
	}
}

type documentJSON struct {
	Document []byte `json:"document" doc:"The bytes to sign, in base64."`
}

// document is the handler that tells what a signature under a command must be
// over. The body is the command's own, without its signature.
func document[In command]() visit.Handler {
	return func(v *visit.Visit) error {
		var in In
		if err := read(v, &in); err != nil {
			return err
		}
		doc, err := v.Engine.Document(v.Context(), in.of(v))
		if err != nil {
			return err
		}
		return send(v, http.StatusOK, documentJSON{doc})
	}
}

// actIn is what every command carries.
type actIn struct {
	Command aiqyn.CommandID `json:"command" doc:"Chosen by who sends it. The same twice is the same command, and gets the first answer."`
}

type fileIn struct {
	actIn
	Service aiqyn.ServiceID   `json:"service"`
	Answers map[string]string `json:"answers" doc:"By name of the question, as typed."`
	CMS     []byte            `json:"cms,omitempty" doc:"An electronic signature over the document, detached CMS in base64."`
}

func (in fileIn) of(v *visit.Visit) any {
	return casework.File{
		ID: in.Command, Actor: v.Actor(), Service: in.Service, Answers: in.Answers, Channel: "online", Lang: v.Lang, CMS: in.CMS,
	}
}

type objectIn struct {
	actIn
	Text string `json:"text"`
}

func (in objectIn) of(v *visit.Visit) any {
	return casework.Object{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Text: in.Text}
}

type appealIn struct {
	actIn
	Text string `json:"text"`
}

func (in appealIn) of(v *visit.Visit) any {
	return casework.Appeal{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Text: in.Text}
}

type correctIn struct {
	actIn
	Field string `json:"field" doc:"One of the case's correctable fields."`
	Said  string `json:"said,omitempty" doc:"What it should be."`
	Text  string `json:"text" doc:"How one can tell."`
}

func (in correctIn) of(v *visit.Visit) any {
	return casework.AskCorrection{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Field: in.Field, Said: in.Said, Text: in.Text}
}

type withdrawIn struct{ actIn }

func (in withdrawIn) of(v *visit.Visit) any {
	return casework.Withdraw{ID: in.Command, Actor: v.Actor(), Ref: ref(v)}
}

type contestIn struct {
	actIn
	Text string `json:"text" doc:"What is wrong in it."`
}

func (in contestIn) of(v *visit.Visit) any {
	return casework.Contest{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Text: in.Text}
}

type pointIn struct {
	actIn
	Point string `json:"point" doc:"One of those with room."`
}

func (in pointIn) of(v *visit.Visit) any {
	return casework.ChoosePoint{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Point: in.Point}
}

type takeIn struct {
	actIn
	Records map[string]string `json:"records,omitempty" doc:"By name of what the step asks."`
	CMS     []byte            `json:"cms,omitempty" doc:"An electronic signature over the document, detached CMS in base64."`
}

func (in takeIn) of(v *visit.Visit) any {
	return casework.Perform{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Step: aiqyn.StepID(v.Path("step")), Records: in.Records, CMS: in.CMS}
}

type performIn struct {
	actIn
	Records  map[string]string       `json:"records,omitempty" doc:"By name of what the step records."`
	Evidence []casework.EvidenceItem `json:"evidence,omitempty"`
	Occurred time.Time               `json:"occurred,omitzero" doc:"When, by one's own clock; left out: now."`
	CMS      []byte                  `json:"cms,omitempty" doc:"An electronic signature over the document, detached CMS in base64."`
}

func (in performIn) of(v *visit.Visit) any {
	return casework.Perform{
		ID: in.Command, Actor: v.Actor(), Ref: ref(v), Step: aiqyn.StepID(v.Path("step")), Records: in.Records, Evidence: in.Evidence,
		Occurred: in.Occurred, CMS: in.CMS,
	}
}

type decideIn struct {
	actIn
	Grant  bool   `json:"grant"`
	Reason string `json:"reason,omitempty" doc:"Of the service's list, if it is not granted."`
	Note   string `json:"note,omitempty"`
	Point  string `json:"point,omitempty" doc:"Another of the possible points than the best."`
	Why    string `json:"point_reason,omitempty" doc:"Why one that is much dearer, by the service's list."`
	Letter string `json:"point_letter,omitempty" doc:"The letter that this reason rests on, where the list wants one: sha256: and 64 hex digits, of a file uploaded to the step as document."`
	CMS    []byte `json:"cms,omitempty" doc:"An electronic signature over the document, detached CMS in base64."`
}

func (in decideIn) of(v *visit.Visit) any {
	return casework.Decide{
		ID: in.Command, Actor: v.Actor(), Ref: ref(v), Step: aiqyn.StepID(v.Path("step")),
		Grant: in.Grant, Reason: in.Reason, Note: in.Note, Point: in.Point, PointReason: in.Why, PointLetter: in.Letter, CMS: in.CMS,
	}
}

type suspendIn struct {
	actIn
	Reason string `json:"reason"`
}

func (in suspendIn) of(v *visit.Visit) any {
	return casework.Suspend{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Reason: in.Reason}
}

type resumeIn struct{ actIn }

func (in resumeIn) of(v *visit.Visit) any {
	return casework.Resume{ID: in.Command, Actor: v.Actor(), Ref: ref(v)}
}

func ref(v *visit.Visit) aiqyn.Reference { return aiqyn.Reference(v.Path("ref")) }
