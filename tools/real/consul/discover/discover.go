// Package discover takes the place of the agent's cloud auto-join library. The agent of the tests joins nobody, so no
// provider exists here, and no cloud SDK is compiled into it.
package discover

import (
	"fmt"
	"log"
)

// Provider finds the addresses of other agents.
type Provider interface {
	Addrs(settings map[string]string, logger *log.Logger) ([]string, error)
	Help() string
}

// Providers is what the agent registers its own additions to.
var Providers = make(map[string]Provider)

// Discover knows no provider.
type Discover struct{}

// Option is accepted and has no effect.
type Option func(*Discover) error

// New never fails.
func New(options ...Option) (*Discover, error) {
	return new(Discover), nil
}

// WithUserAgent has no effect.
func WithUserAgent(userAgent string) Option {
	return func(*Discover) error { return nil }
}

// WithProviders has no effect.
func WithProviders(providers map[string]Provider) Option {
	return func(*Discover) error { return nil }
}

// Addrs refuses every request.
func (*Discover) Addrs(settings string, logger *log.Logger) ([]string, error) {
	return nil, fmt.Errorf("this agent is built without auto-join providers")
}

// Names is empty.
func (*Discover) Names() []string {
	return nil
}
