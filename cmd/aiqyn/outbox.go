package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
)

// deliverEvery is how often the outbox is looked at: a one-time code must not
// keep anybody waiting.
const deliverEvery = time.Second

// handedOn is a message as a gateway reads it.
type handedOn struct {
	At      time.Time       `json:"at"`
	Channel string          `json:"channel"`
	Lang    aiqyn.Lang      `json:"lang"`
	Ref     aiqyn.Reference `json:"ref,omitempty"`
	Text    string          `json:"text"`
	To      string          `json:"to"`
}

// outboxFile hands messages on by appending them to a file. What is on disk
// there counts as handed on; after a crash a line may stand there twice.
type outboxFile struct {
	file  *os.File
	texts *locale.Catalogue
}

func openOutbox(name string, texts *locale.Catalogue) (*outboxFile, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
	}
	return &outboxFile{f, texts}, nil
}

func (o *outboxFile) send(m casework.Message) error {
	line, err := json.Marshal(handedOn{At: m.At, Channel: m.Channel, Lang: m.Lang, Ref: m.Ref, Text: o.texts.Text(m.Lang, m.Key, m.Args), To: m.To})
	if err != nil {
		return err
	}
	if _, err := o.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return o.file.Sync()
}

// keepDelivering empties the outbox until ctx ends.
func keepDelivering(ctx context.Context, e *casework.Engine, send func(casework.Message) error, log *slog.Logger) {
	tick := time.NewTicker(deliverEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := e.Deliver(ctx, send); err != nil && ctx.Err() == nil {
			log.Error("deliver messages", "err", err)
		}
	}
}
