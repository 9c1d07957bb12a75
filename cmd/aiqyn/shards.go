package main

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/service"
)

// readShards reads other logs, one a line: public key, file of its policy,
// address. A policy's name is looked for beside the file that names it.
func readShards(file string) ([]casework.Shard, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	var list []casework.Shard
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		s, err := readShard(words, filepath.Dir(file))
		if err != nil {
			return nil, aiqyn.E(aiqyn.Invalid, "error.serve-shards", "file", file, "line", strings.TrimSpace(line)).Because(err)
		}
		list = append(list, s)
	}
	return list, nil
}

// namesAll has a new log begin with every other that its pack sends applications to. One
// that serves already goes on: those who apply elsewhere are not sent away for it.
func (f *serveFlags) namesAll(pack *service.Pack, w wiring) error {
	if !f.init {
		return nil
	}
	for _, l := range casework.MissingLogs(pack, w.shards, func(origin string) bool { return origin == w.keys.origin }) {
		return aiqyn.E(aiqyn.Invalid, "error.serve-log-missing", "origin", l.Origin)
	}
	return nil
}

func readShard(words []string, dir string) (s casework.Shard, err error) {
	if len(words) < 2 || len(words) > 3 {
		return s, aiqyn.E(aiqyn.Invalid, "error.serve-shards")
	}
	key, err := ledger.ParseKey(words[0])
	if err != nil {
		return s, err
	}
	file := words[1]
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	policy, err := readPolicy(file)
	if err != nil {
		return s, err
	}
	s.Origin = key.Name()
	if len(words) == 3 {
		s.URL = strings.TrimSuffix(words[2], "/")
		if err := guarded(s.URL); err != nil {
			return s, err
		}
	}
	s.Verifier, err = ledger.NewVerifier([]note.Verifier{key}, policy)
	return s, err
}

// guarded demands an address that is spoken to over TLS: what one log has to tell another
// is of people. Within this machine it may be in the clear, for whoever ends TLS there.
func guarded(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return err
	case u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil:
		return aiqyn.E(aiqyn.Invalid, "error.serve-shards")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && net.ParseIP(u.Hostname()).IsLoopback():
		return nil
	}
	return aiqyn.E(aiqyn.Invalid, "error.serve-shards")
}
