import type { http } from '@bordergate/contracts';
import type { z } from 'zod';
import type { Page } from '../api/types.js';

/** The answers of routing: tables of gateways, VPCs and peers, and why. */
export type GatewayRoute = http.GatewayRoute;
export type VpcRoute = http.VpcRoute;
export type RouteLimit = http.RouteLimit;
export type LearnedRoute = http.LearnedRoute;
export type AdvertisedRoute = http.AdvertisedRoute;
export type FibComparison = http.FibComparison;
export type GatewayExplanation = http.GatewayExplanation;
export type GatewayDestination = http.GatewayDestination;
export type VpcExplanation = http.VpcExplanation;
export type VpcDestination = http.VpcDestination;
export type Explanation = http.Explanation;
export type Provenance = http.Provenance;
export type ExplainedCandidate = z.infer<typeof http.ExplainedCandidate>;
export type ExplainedPropagation = z.infer<typeof http.ExplainedPropagation>;
export type ExplainedAdvertisement = z.infer<typeof http.ExplainedAdvertisement>;

export interface GatewayRoutePage extends Page<GatewayRoute> { dynamicRoutes: RouteLimit }
export interface VpcRoutePage extends Page<VpcRoute> { propagatedRoutes: http.TableRouteLimit[] }
