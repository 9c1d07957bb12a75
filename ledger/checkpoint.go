package ledger

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is the state of a log that its key signs. As text:
//
//	example.com/behind-the-sofa
//	20852163
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
type Checkpoint struct {
	Origin     string // which log; the name of its key
	Size       int64
	Root       Hash
	Extensions []string // further lines, each at least a character long
}

// SignedCheckpoint is a checkpoint with the signatures that were verified.
type SignedCheckpoint struct {
	Checkpoint
	Signatures []Signature
}

// Text returns the lines that are signed.
func (c Checkpoint) Text() string {
	lines := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
	for _, x := range c.Extensions {
		lines += x + "\n"
	}
	return lines
}

// SignCheckpoint returns the checkpoint as a signed note.
func SignCheckpoint(c Checkpoint, signers ...note.Signer) ([]byte, error) {
	text := c.Text()
	if _, err := parseText(text); err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	if len(signers) == 0 {
		return nil, errors.New("sign checkpoint: no signer")
	}
	return note.Sign(&note.Note{Text: text}, signers...)
}

// ParseCheckpoint parses and verifies a checkpoint of which every byte must
// be bound: each signature line must be by one of the keys, and right.
func ParseCheckpoint(msg []byte, keys ...note.Verifier) (*SignedCheckpoint, error) {
	return openCheckpoint(msg, keys, true)
}

// OpenCheckpoint parses and verifies a checkpoint as clients of a log should:
// signatures by keys that they do not know are passed over. One at least must
// be by one of the keys.
func OpenCheckpoint(msg []byte, keys ...note.Verifier) (*SignedCheckpoint, error) {
	return openCheckpoint(msg, keys, false)
}

func openCheckpoint(msg []byte, keys []note.Verifier, allListed bool) (*SignedCheckpoint, error) {
	ring, err := newKeyring(keys)
	if err != nil {
		return nil, err
	}
	return ring.open(string(msg), allListed)
}

func (ring keyring) open(msg string, allListed bool) (*SignedCheckpoint, error) {
	text, sigs, err := splitNote(msg)
	if err != nil {
		return nil, err
	}
	c, err := parseText(text)
	if err != nil {
		return nil, err
	}
	verified, err := ring.verify(text, sigs, allListed)
	if err != nil {
		return nil, err
	}
	return &SignedCheckpoint{c, verified}, nil
}

// parseText is the inverse of [Checkpoint.Text], and refuses all that Text
// would not write or a note cannot carry.
func parseText(text string) (Checkpoint, error) {
	body, ended := strings.CutSuffix(text, "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) < 3 {
		return Checkpoint{}, errors.New("checkpoint needs three lines: origin, size, root")
	}
	for i, line := range lines {
		if line == "" || !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
			return Checkpoint{}, fmt.Errorf("line %d of the checkpoint is empty or not plain text", i+1)
		}
	}
	size, ok := parseDecimal(lines[1])
	if !ok {
		return Checkpoint{}, fmt.Errorf("size of the checkpoint is not a number: %.40q", lines[1])
	}
	root, ok := parseHash(lines[2])
	if !ok {
		return Checkpoint{}, fmt.Errorf("root of the checkpoint is not a hash in base64: %.60q", lines[2])
	}
	if size == 0 && root != emptyRoot {
		return Checkpoint{}, errors.New("checkpoint of an empty log with another root than an empty log has")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if len(lines) > 3 {
		c.Extensions = lines[3:]
	}
	return c, nil
}

// AddCosignatures adds to a checkpoint what witnesses answered: signature
// lines, of which those by the given keys are verified and kept. A key's new
// cosignature replaces its older one.
func AddCosignatures(checkpoint, answer []byte, keys ...note.Verifier) ([]byte, []Signature, error) {
	text, present, err := splitNote(string(checkpoint))
	if err != nil {
		return nil, nil, err
	}
	_, offered, err := splitNote(text + "\n" + string(answer))
	if err != nil {
		return nil, nil, fmt.Errorf("answer of a witness: %w", err)
	}
	ring, err := newKeyring(keys)
	if err != nil {
		return nil, nil, err
	}
	added, err := ring.verify(text, offered, false)
	if err != nil {
		return nil, nil, fmt.Errorf("answer of a witness: %w", err)
	}
	fresh := make(map[keyID]bool, len(added))
	for _, s := range added {
		fresh[keyID{s.Name, s.KeyHash}] = true
	}
	msg := []byte(text + "\n")
	for _, s := range present {
		if !fresh[keyID{s.Name, s.KeyHash}] {
			msg = append(msg, s.line+"\n"...)
		}
	}
	for _, s := range added {
		msg = append(msg, s.line+"\n"...)
	}
	return msg, added, nil
}
