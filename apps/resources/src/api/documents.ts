import { http } from '@bordergate/contracts';
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { DOCUMENTS } from '../present/documents.js';

/** The fields one may list by; `name` is every collection's, where there are names. */
export const FILTERS: Readonly<Record<http.Collection, readonly string[]>> = {
  vpcs: ['cidr'],
  subnets: ['vpcId', 'routeTableId'],
  routeTables: ['vpcId'],
  routePropagations: ['vpcId', 'routeTableId', 'bgwId'],
  vpcRoutes: ['vpcId', 'routeTableId', 'bgwId', 'destination'],
  borderGateways: [],
  vpcAttachments: ['bgwId', 'vpcId', 'propagateType'],
  staticRoutes: ['bgwId', 'bgwRouteDestination', 'bgwRouteNextHopType', 'bgwRouteNexthop'],
  customerGateways: [],
  vpnConnections: ['bgwId', 'cgwId'],
  vpnTunnels: ['bgwId', 'vpnConnectionId', 'cloudPublicIp', 'customerIp', 'node', 'adminStatus'],
  virtualInterfaces: ['bgwId', 'node', 'interface', 'adminStatus'],
  publicAddresses: ['node', 'vpnConnectionId'],
};

const pages = new Map<http.Collection, z.ZodType>();
/** The schema of a collection's page; one per collection, because a schema's name may be given once. */
export function pageOf(collection: http.Collection): z.ZodType {
  const known = pages.get(collection) ?? http.page(DOCUMENTS[collection], `${DOCUMENTS[collection].meta()?.id}Page`);
  pages.set(collection, known);
  return known;
}

const ifMatch = ApiHeader({ name: 'If-Match', required: false, description: 'the ETag you have seen; 412 when the resource has changed since' });
const idempotencyKey = ApiHeader({ name: 'Idempotency-Key', required: false, description: 'repeat a request with the same key and get the same answer, without doing it twice' });

export const Creates = (document: z.ZodType): MethodDecorator => applyDecorators(idempotencyKey, ApiCreatedResponse({ standardSchema: document as never }));
export const Changes = (document: z.ZodType): MethodDecorator => applyDecorators(HttpCode(200), ifMatch, ApiOkResponse({ standardSchema: document as never }));
export const Extends = (document: z.ZodType): MethodDecorator => applyDecorators(HttpCode(201), ifMatch, idempotencyKey, ApiCreatedResponse({ standardSchema: document as never }));
export const Deletes = (): MethodDecorator => applyDecorators(HttpCode(204), ifMatch, ApiNoContentResponse());
