package main

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/notify"
)

// handedOn is a letter as a body's own gateway reads it. Its id tells one that
// stands here twice.
type handedOn struct {
	At      time.Time       `json:"at"`
	Channel notify.Channel  `json:"channel"`
	ID      int64           `json:"id,string"`
	Lang    aiqyn.Lang      `json:"lang"`
	Ref     aiqyn.Reference `json:"ref,omitempty"`
	Subject string          `json:"subject,omitempty"`
	Text    string          `json:"text"`
	To      string          `json:"to"`
}

// outboxFile hands letters on by appending them to a file. What is on disk there
// counts as handed on; after a crash a line may stand there twice.
type outboxFile struct {
	mu   sync.Mutex
	file *os.File
}

func openOutbox(name string) (*outboxFile, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
	}
	return &outboxFile{file: f}, nil
}

// Carry implements [notify.Carrier].
func (o *outboxFile) Carry(_ context.Context, l notify.Letter) ([]string, error) {
	line, err := json.Marshal(handedOn{At: l.At, Channel: l.Channel, ID: l.ID, Lang: l.Lang, Ref: l.Ref, Subject: l.Subject, Text: l.Text, To: l.To})
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, err := o.file.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	return nil, o.file.Sync()
}
