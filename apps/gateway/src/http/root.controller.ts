import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

@ApiExcludeController()
@Controller()
export class RootController {
  /** Until there is a web page, the documentation of the API is what a person can look at. */
  @Get()
  @Redirect('/docs', 302)
  root(): void {
    return;
  }
}
