package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/signature"
)

// practiceAuthority is how the name of an authority begins that proves nothing.
const practiceAuthority = "PRACTICE"

// readTrust reads whom electronic signatures are believed by: roots/ holds the
// authorities themselves, between/ those that they have made, crl/ the lists of
// what was revoked. Only the first must be there.
func readTrust(dir string, policy signature.Policy) (*signature.Trust, error) {
	var roots []signature.Root
	var between []*signature.Certificate
	var lists []*signature.RevocationList
	err := eachFile(filepath.Join(dir, "roots"), func(data []byte) error {
		c, err := signature.ParseCertificate(data)
		if err == nil {
			roots = append(roots, signature.Root{Certificate: c, Practice: strings.HasPrefix(c.Subject.CommonName, practiceAuthority)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachFile(filepath.Join(dir, "between"), func(data []byte) error {
		c, err := signature.ParseCertificate(data)
		between = append(between, c)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	err = eachFile(filepath.Join(dir, "crl"), func(data []byte) error {
		l, err := signature.ParseRevocationList(data)
		lists = append(lists, l)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return signature.NewTrust(roots, between, lists, policy)
}

// eachFile reads the files of a folder in order of their names.
func eachFile(dir string, take func([]byte) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", dir).Because(err)
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		data, err := os.ReadFile(name)
		if err == nil {
			err = take(data)
		}
		if err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
		}
	}
	return nil
}

// trustFolder is a folder that is read again every minute: lists of what was
// revoked come each day.
type trustFolder struct {
	dir    string
	policy signature.Policy

	mu    sync.Mutex
	read  time.Time
	trust *signature.Trust
}

// now is whom signatures are believed by now. A folder that cannot be read any
// more is as it was, until its lists have run out.
func (f *trustFolder) now() (*signature.Trust, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.trust != nil && time.Since(f.read) < time.Minute {
		return f.trust, nil
	}
	trust, err := readTrust(f.dir, f.policy)
	if err != nil && f.trust == nil {
		return nil, err
	}
	f.read = time.Now()
	if err == nil {
		f.trust = trust
	}
	return f.trust, nil
}
