package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"aiqyn/ledger"
)

// witnessState is what a witness has cosigned last, by log, kept in one small
// file. Each change is on the disk before it is answered: a witness that
// forgets can be made to cosign a fork.
type witnessState struct {
	mu    sync.Mutex
	file  string // "": in memory, while the demonstration makes its past
	heads map[string]stateHead
}

// stateHead is a head as the file has it:
//
//	{"example.com/log":{"root":"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=","size":20852163}}
type stateHead struct {
	Root ledger.Hash `json:"root"`
	Size int64       `json:"size"`
}

// openWitnessState reads a state file. A file that is not there is an error
// unless fresh: a witness must not begin anew because its disk was exchanged.
func openWitnessState(file string, fresh bool) (*witnessState, error) {
	s := &witnessState{file: file, heads: make(map[string]stateHead)}
	if file == "" {
		return s, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		return s, s.save()
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &s.heads); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// Head implements [ledger.WitnessState].
func (s *witnessState) Head(origin string) (ledger.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head(origin), nil
}

func (s *witnessState) head(origin string) ledger.Head {
	h, ok := s.heads[origin]
	if !ok {
		return ledger.EmptyHead
	}
	return ledger.Head{Size: h.Size, Root: h.Root}
}

// CompareAndSet implements [ledger.WitnessState].
func (s *witnessState) CompareAndSet(origin string, old, next ledger.Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head(origin) != old {
		return ledger.ErrHeadMoved
	}
	was, there := s.heads[origin]
	s.heads[origin] = stateHead{next.Root, next.Size}
	if err := s.save(); err != nil {
		if s.heads[origin] = was; !there {
			delete(s.heads, origin)
		}
		return err
	}
	return nil
}

// keepIn moves a state from memory to a file.
func (s *witnessState) keepIn(file string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file = file
	return s.save()
}

func (s *witnessState) save() error {
	if s.file == "" {
		return nil
	}
	data, err := json.Marshal(s.heads)
	if err != nil {
		return err
	}
	return writeDurably(s.file, append(data, '\n'), 0o600)
}
