// Package ext takes the place of the module in Traefik's own tree that holds its commercial options. It has none.
package ext

type HTTP struct{}

type Router struct{}
