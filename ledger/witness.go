package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Statuses with which a witness answers, as c2sp.org/tlog-witness numbers them.
const (
	StatusMalformed    = 400 // body cannot be read
	StatusUnsigned     = 403 // no signature by a key of that log
	StatusUnknownLog   = 404
	StatusConflict     = 409 // not the size that was cosigned last, or that size with another root
	StatusInconsistent = 422 // the log does not go on from what was cosigned: a fork
	StatusFailed       = 500 // the witness cannot keep its own state
)

// SizeContentType is the media type of the body that goes with StatusConflict.
const SizeContentType = "text/x.tlog.size"

// WitnessError is a refusal to cosign. Its status is that of the HTTP answer.
type WitnessError struct {
	Status int
	Size   int64 // cosigned last; with StatusConflict
	Err    error
}

func (e *WitnessError) Error() string { return fmt.Sprintf("%d: %v", e.Status, e.Err) }

func (e *WitnessError) Unwrap() error { return e.Err }

// Body returns the body of the HTTP answer.
func (e *WitnessError) Body() []byte {
	if e.Status == StatusConflict {
		return []byte(strconv.FormatInt(e.Size, 10) + "\n")
	}
	return []byte(e.Err.Error() + "\n")
}

func refuse(status int, format string, args ...any) error {
	return &WitnessError{Status: status, Err: fmt.Errorf(format, args...)}
}

// Head is the size and root of a log.
type Head struct {
	Size int64
	Root Hash
}

// EmptyHead is the head of a log that has never been cosigned.
var EmptyHead = Head{Root: emptyRoot}

// ErrHeadMoved is what CompareAndSet answers when old is no longer the head.
var ErrHeadMoved = errors.New("head has moved")

// WitnessState keeps, per origin, the head that was cosigned last. It must
// answer [EmptyHead] for an origin never cosigned, and CompareAndSet must be
// atomic and on disk before it returns: a witness that forgets can be made to
// cosign a fork.
type WitnessState interface {
	Head(origin string) (Head, error)
	CompareAndSet(origin string, old, next Head) error // ErrHeadMoved if old is not the head
}

// WitnessConfig is what a witness is made of.
type WitnessConfig struct {
	Signer *Signer         // of type cosignature/v1; its clock is not used
	Logs   []note.Verifier // keys of the logs to witness, named like their origins
	State  WitnessState
}

// Witness cosigns checkpoints of logs that only ever grow
// (c2sp.org/tlog-witness). It is as safe for concurrent use as its state.
type Witness struct {
	signer *Signer
	logs   map[string]keyring // by origin
	state  WitnessState
}

// NewWitness makes a witness.
func NewWitness(c WitnessConfig) (*Witness, error) {
	if c.Signer == nil || !c.Signer.Cosigns() {
		return nil, errors.New("a witness needs a key of type cosignature/v1")
	}
	w := &Witness{signer: c.Signer, logs: map[string]keyring{}, state: c.State}
	byOrigin := map[string][]note.Verifier{}
	for _, k := range c.Logs {
		byOrigin[k.Name()] = append(byOrigin[k.Name()], k)
	}
	for origin, keys := range byOrigin {
		ring, err := newKeyring(keys)
		if err != nil {
			return nil, err
		}
		w.logs[origin] = ring
	}
	return w, nil
}

// AddCheckpoint answers the body of an add-checkpoint request with the
// witness's signature lines. Errors are of type [*WitnessError].
func (w *Witness) AddCheckpoint(body []byte, now time.Time) (cosignatures []byte, err error) {
	old, proof, msg, err := parseAddCheckpoint(string(body))
	if err != nil {
		return nil, refuse(StatusMalformed, "%w", err)
	}
	text, sigs, err := splitNote(msg)
	if err != nil {
		return nil, refuse(StatusMalformed, "%w", err)
	}
	next, err := parseText(text)
	if err != nil {
		return nil, refuse(StatusMalformed, "%w", err)
	}
	ring, known := w.logs[next.Origin]
	if !known {
		return nil, refuse(StatusUnknownLog, "log %.80q is not witnessed here", next.Origin)
	}
	if _, err := ring.verify(text, sigs, false); err != nil {
		return nil, refuse(StatusUnsigned, "%w", err)
	}
	if old > next.Size {
		return nil, refuse(StatusMalformed, "old size %d is beyond the checkpoint's, %d", old, next.Size)
	}
	if err := w.advance(next, old, proof); err != nil {
		return nil, err
	}
	return w.cosign(text, now)
}

// advance moves the recorded head to that of the checkpoint, if it goes on
// from there.
func (w *Witness) advance(next Checkpoint, old int64, proof []Hash) error {
	last, err := w.state.Head(next.Origin)
	if err != nil {
		return refuse(StatusFailed, "read state: %w", err)
	}
	if last.Size != old {
		return conflict(last, "old size is %d, but %d was cosigned last", old, last.Size)
	}
	if last.Size == next.Size && last.Root != next.Root {
		return conflict(last, "another root was cosigned for size %d", last.Size)
	}
	if err := VerifyConsistency(last.Size, last.Root, next.Size, next.Root, proof); err != nil {
		return refuse(StatusInconsistent, "%w", err)
	}
	err = w.state.CompareAndSet(next.Origin, last, Head{next.Size, next.Root})
	if errors.Is(err, ErrHeadMoved) {
		if last, err = w.state.Head(next.Origin); err == nil {
			return conflict(last, "size %d was cosigned meanwhile", last.Size)
		}
	}
	if err != nil {
		return refuse(StatusFailed, "keep state: %w", err)
	}
	return nil
}

func conflict(last Head, format string, args ...any) error {
	return &WitnessError{Status: StatusConflict, Size: last.Size, Err: fmt.Errorf(format, args...)}
}

func (w *Witness) cosign(text string, now time.Time) ([]byte, error) {
	signer := *w.signer
	signer.now = func() time.Time { return now }
	msg, err := note.Sign(&note.Note{Text: text}, &signer)
	if err != nil {
		return nil, refuse(StatusFailed, "cosign: %w", err)
	}
	return msg[len(text)+1:], nil
}

// FormatAddCheckpoint writes the body that asks a witness to cosign a
// checkpoint, going on from the old size:
//
//	old 20852014
//	PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
//	…
//
//	example.com/behind-the-sofa
//	…
func FormatAddCheckpoint(old int64, proof []Hash, checkpoint []byte) []byte {
	b := make([]byte, 0, 32+45*len(proof)+len(checkpoint))
	b = append(strconv.AppendInt(append(b, "old "...), old, 10), '\n')
	for i := range proof {
		b = append(base64.StdEncoding.AppendEncode(b, proof[i][:]), '\n')
	}
	return append(append(b, '\n'), checkpoint...)
}

func parseAddCheckpoint(body string) (old int64, proof []Hash, checkpoint string, err error) {
	line, rest, ok := strings.Cut(body, "\n")
	number, named := strings.CutPrefix(line, "old ")
	old, valid := parseDecimal(number)
	if !ok || !named || !valid {
		return 0, nil, "", fmt.Errorf("first line is not the old size: %.40q", line)
	}
	for {
		if line, rest, ok = strings.Cut(rest, "\n"); !ok {
			return 0, nil, "", errors.New("no empty line before the checkpoint")
		}
		if line == "" {
			return old, proof, rest, nil
		}
		h, valid := parseHash(line)
		if !valid || len(proof) == maxProofHashes {
			return 0, nil, "", fmt.Errorf("line %d is not a hash in base64, or one too many", len(proof)+2)
		}
		proof = append(proof, h)
	}
}
